using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using NetTopologySuite.IO;

namespace MlHub.Sdk.Assets.Parquet;

/// <summary>The values of one column in the row group that is being made.</summary>
internal sealed class ColumnValues(ColumnKind kind, IReadOnlyList<string> path, int mostDefined, int mostRepeated)
{
    private static readonly WKBWriter Wkb = new(NetTopologySuite.IO.ByteOrder.LittleEndian, handleSRID: false, emitZ: false, emitM: false);

    private readonly List<byte> _definitions = [];
    private readonly List<byte> _repetitions = [];
    private readonly ArrayBufferWriter<byte> _plain = new();
    private byte _bits;
    private int _booleans;
    private long _nulls;
    private byte[]? _least;
    private byte[]? _most;
    private double _leastNumber = double.PositiveInfinity;
    private double _mostNumber = double.NegativeInfinity;
    private long _leastInteger = long.MaxValue;
    private long _mostInteger = long.MinValue;

    internal ColumnKind Kind { get; } = kind;

    internal IReadOnlyList<string> Path { get; } = path;

    /// <summary>The size of the values so far, in bytes.</summary>
    internal long Size => _plain.WrittenCount + (_definitions.Count * 2L);

    internal void AddAbsent(int repetition, int definition)
    {
        AddLevels(repetition, definition);
        _nulls++;
    }

    /// <summary>Adds a value. One that the column cannot have is absent.</summary>
    internal void Add(JsonElement json, int repetition, int definition)
    {
        if (TryAdd(json))
        {
            AddLevels(repetition, mostDefined);
        }
        else
        {
            AddAbsent(repetition, definition);
        }
    }

    /// <summary>Writes the values as one page, and begins anew.</summary>
    internal ColumnChunk WriteTo(Stream file, long offset)
    {
        if (_booleans % 8 != 0)
        {
            EndBits();
        }

        var page = new ArrayBufferWriter<byte>(_plain.WrittenCount + 16);
        WriteLevels(page, _repetitions, mostRepeated);
        WriteLevels(page, _definitions, mostDefined);
        page.Write(_plain.WrittenSpan);
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(page.WrittenSpan);
        }

        var header = new CompactProtocol();
        header.WriteFields(() =>
        {
            header.WriteInt(1, 0); // DATA_PAGE
            header.WriteInt(2, page.WrittenCount);
            header.WriteInt(3, (int)compressed.Length);
            header.WriteStruct(5, () =>
            {
                header.WriteInt(1, _definitions.Count);
                header.WriteInt(2, 0); // PLAIN
                header.WriteInt(3, 3); // RLE
                header.WriteInt(4, 3);
            });
        });
        file.Write(header.Written.Span);
        compressed.WriteTo(file);
        SetBounds();
        var chunk = new ColumnChunk(this, offset, _definitions.Count, header.Written.Length + page.WrittenCount, header.Written.Length + compressed.Length, _nulls, _least, _most);
        Clear();
        return chunk;
    }

    private bool TryAdd(JsonElement json)
    {
        switch (Kind)
        {
            case ColumnKind.Boolean when json.ValueKind is JsonValueKind.True or JsonValueKind.False:
                AddBoolean(json.ValueKind == JsonValueKind.True);
                return true;
            case ColumnKind.Integer when json.ValueKind == JsonValueKind.Number && json.TryGetInt64(out var integer):
                AddInteger(integer);
                return true;
            case ColumnKind.Time when StacTime.TryParse(JsonFields.AsText(json), out var time):
                AddInteger((time.UtcTicks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond);
                return true;
            case ColumnKind.Number when JsonFields.AsNumber(json) is { } number:
                Span<byte> eight = stackalloc byte[8];
                BinaryPrimitives.WriteDoubleLittleEndian(eight, number);
                _plain.Write(eight);
                (_leastNumber, _mostNumber) = (Math.Min(_leastNumber, number), Math.Max(_mostNumber, number));
                return true;
            case ColumnKind.Geometry when GeoJsonGeometry.Read(json) is { } geometry:
                AddBytes(Wkb.Write(geometry));
                return true;
            case ColumnKind.Text when JsonFields.AsMendedText(json) is { } text:
                AddBytes(Encoding.UTF8.GetBytes(text));
                return true;
            case ColumnKind.Json:
                AddBytes(Encoding.UTF8.GetBytes(json.ToText()));
                return true;
            default:
                return false;
        }
    }

    private void AddLevels(int repetition, int definition)
    {
        _repetitions.Add((byte)repetition);
        _definitions.Add((byte)definition);
    }

    // Eight in a byte, the first in the lowest bit.
    private void AddBoolean(bool value)
    {
        _bits |= (byte)(value ? 1 << (_booleans % 8) : 0);
        _booleans++;
        if (_booleans % 8 == 0)
        {
            EndBits();
        }
    }

    private void EndBits()
    {
        _plain.Write([_bits]);
        _bits = 0;
    }

    private void AddInteger(long value)
    {
        Span<byte> eight = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(eight, value);
        _plain.Write(eight);
        (_leastInteger, _mostInteger) = (Math.Min(_leastInteger, value), Math.Max(_mostInteger, value));
    }

    private void AddBytes(ReadOnlySpan<byte> value)
    {
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, value.Length);
        _plain.Write(length);
        _plain.Write(value);
    }

    // Readers skip row groups by the least and the greatest value. -0 and 0 are equal to them.
    private void SetBounds()
    {
        if (_mostInteger >= _leastInteger)
        {
            (_least, _most) = (new byte[8], new byte[8]);
            BinaryPrimitives.WriteInt64LittleEndian(_least, _leastInteger);
            BinaryPrimitives.WriteInt64LittleEndian(_most, _mostInteger);
        }
        else if (_mostNumber >= _leastNumber)
        {
            (_least, _most) = (new byte[8], new byte[8]);
            BinaryPrimitives.WriteDoubleLittleEndian(_least, _leastNumber == 0 ? -0.0 : _leastNumber);
            BinaryPrimitives.WriteDoubleLittleEndian(_most, _mostNumber == 0 ? 0.0 : _mostNumber);
        }
    }

    private void Clear()
    {
        _definitions.Clear();
        _repetitions.Clear();
        _plain.ResetWrittenCount();
        (_booleans, _nulls, _least, _most) = (0, 0, null, null);
        (_leastNumber, _mostNumber, _leastInteger, _mostInteger) = (double.PositiveInfinity, double.NegativeInfinity, long.MaxValue, long.MinValue);
    }

    // Runs of equal levels: twice the length, then the level in one byte. The length of all comes first.
    private static void WriteLevels(ArrayBufferWriter<byte> page, List<byte> levels, int most)
    {
        if (most == 0)
        {
            return;
        }

        var runs = new ArrayBufferWriter<byte>();
        var all = CollectionsMarshal.AsSpan(levels);
        while (all.Length > 0)
        {
            var run = all.IndexOfAnyExcept(all[0]) is > 0 and var end ? end : all.Length;
            CompactProtocol.WriteVarint(runs, (ulong)run << 1);
            runs.Write([all[0]]);
            all = all[run..];
        }

        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, runs.WrittenCount);
        page.Write(length);
        page.Write(runs.WrittenSpan);
    }
}
