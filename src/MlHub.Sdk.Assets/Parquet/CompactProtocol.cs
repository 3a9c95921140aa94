using System.Buffers;
using System.Text;

namespace MlHub.Sdk.Assets.Parquet;

/// <summary>Writes Thrift structs in the compact protocol, in which Parquet has its metadata (https://github.com/apache/thrift, thrift-compact-protocol.md).</summary>
internal sealed class CompactProtocol
{
    private const byte True = 1;
    private const byte I32 = 5;
    private const byte I64 = 6;
    private const byte Binary = 8;
    private const byte List = 9;
    private const byte StructType = 12;

    private readonly ArrayBufferWriter<byte> _bytes = new();
    private readonly Stack<int> _outer = new();
    private int _last;

    internal ReadOnlyMemory<byte> Written => _bytes.WrittenMemory;

    internal void WriteInt(int field, int value)
    {
        Begin(field, I32);
        WriteNumber(value);
    }

    internal void WriteLong(int field, long value)
    {
        Begin(field, I64);
        WriteNumber(value);
    }

    internal void WriteTrue(int field) => Begin(field, True);

    internal void WriteText(int field, string value) => WriteBinary(field, Encoding.UTF8.GetBytes(value));

    internal void WriteBinary(int field, ReadOnlySpan<byte> value)
    {
        Begin(field, Binary);
        WriteBytes(value);
    }

    internal void WriteStruct(int field, Action fields)
    {
        Begin(field, StructType);
        WriteFields(fields);
    }

    internal void WriteStructs<T>(int field, IReadOnlyCollection<T> elements, Action<T> fields)
    {
        BeginList(field, elements.Count, StructType);
        foreach (var element in elements)
        {
            WriteFields(() => fields(element));
        }
    }

    internal void WriteTexts(int field, IReadOnlyCollection<string> elements)
    {
        BeginList(field, elements.Count, Binary);
        foreach (var element in elements)
        {
            WriteBytes(Encoding.UTF8.GetBytes(element));
        }
    }

    internal void WriteInts(int field, IReadOnlyCollection<int> elements)
    {
        BeginList(field, elements.Count, I32);
        foreach (var element in elements)
        {
            WriteNumber(element);
        }
    }

    /// <summary>Writes the fields of a struct that is not itself a field.</summary>
    internal void WriteFields(Action fields)
    {
        _outer.Push(_last);
        _last = 0;
        fields();
        _bytes.Write<byte>([0]);
        _last = _outer.Pop();
    }

    /// <summary>Writes a number in groups of seven bits, the lowest first.</summary>
    internal static void WriteVarint(IBufferWriter<byte> bytes, ulong value)
    {
        for (; value > 0x7F; value >>= 7)
        {
            bytes.Write<byte>([(byte)(value | 0x80)]);
        }

        bytes.Write<byte>([(byte)value]);
    }

    // All fields have numbers that are at most 15 higher than the one before.
    private void Begin(int field, byte type)
    {
        _bytes.Write([(byte)(((field - _last) << 4) | type)]);
        _last = field;
    }

    private void BeginList(int field, int count, byte type)
    {
        Begin(field, List);
        _bytes.Write([(byte)((Math.Min(count, 15) << 4) | type)]);
        if (count >= 15)
        {
            WriteVarint(_bytes, (ulong)count);
        }
    }

    // Zigzag: numbers near zero are short, also negative ones.
    private void WriteNumber(long value) => WriteVarint(_bytes, (ulong)((value << 1) ^ (value >> 63)));

    private void WriteBytes(ReadOnlySpan<byte> value)
    {
        WriteVarint(_bytes, (ulong)value.Length);
        _bytes.Write(value);
    }
}
