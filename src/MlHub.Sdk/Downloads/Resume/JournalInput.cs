using System.Buffers.Binary;
using System.Text;

namespace MlHub.Sdk.Downloads.Resume;

/// <summary>Reads the fields of a journal in order. If a field is missing, it and all further fields are empty, and <see cref="Failed"/> is true.</summary>
internal ref struct JournalInput(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    internal bool Failed { get; private set; }

    internal readonly bool IsAtEnd => _rest.IsEmpty;

    internal ReadOnlySpan<byte> Bytes(int count)
    {
        if (Failed || count < 0 || count > _rest.Length)
        {
            Failed = true;
            return default;
        }

        var bytes = _rest[..count];
        _rest = _rest[count..];
        return bytes;
    }

    internal uint UInt32() => Bytes(4) is { Length: 4 } bytes ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : 0;

    internal uint UInt32(out uint value) => value = UInt32();

    internal ulong UInt64() => Bytes(8) is { Length: 8 } bytes ? BinaryPrimitives.ReadUInt64LittleEndian(bytes) : 0;

    internal string Text(int mostBytes)
    {
        var count = UInt32();
        if (count > mostBytes)
        {
            Failed = true;
            return string.Empty;
        }

        return Encoding.UTF8.GetString(Bytes((int)count));
    }
}
