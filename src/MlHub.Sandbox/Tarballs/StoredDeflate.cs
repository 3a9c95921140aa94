using System.Buffers.Binary;
using System.IO.Hashing;

namespace MlHub.Sandbox;

/// <summary>
/// Writes gzip (RFC 1952) and zlib (RFC 1950) with stored deflate blocks, which are not compressed (RFC 1951 §3.2.4). The output of a compressor
/// depends on the version of zlib, and this output never changes.
/// </summary>
internal static class StoredDeflate
{
    private const int BlockLength = ushort.MaxValue;
    private const int BlockHeaderLength = 5;

    /// <summary>A gzip file without a name and a time.</summary>
    public static byte[] Gzip(ReadOnlySpan<byte> data)
    {
        // Magic, method "deflate", no flags, no time, no extra flags, unknown operating system (RFC 1952 §2.3.1).
        ReadOnlySpan<byte> header = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255];
        var file = new byte[header.Length + DeflatedLength(data.Length) + 8];
        header.CopyTo(file);
        WriteBlocks(file.AsSpan(header.Length), data);
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(file.Length - 8), Crc32.HashToUInt32(data));
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(file.Length - 4), data.Length);
        return file;
    }

    /// <summary>A zlib stream, as PNG requires it.</summary>
    public static byte[] Zlib(ReadOnlySpan<byte> data)
    {
        ReadOnlySpan<byte> header = [0x78, 0x01];
        var stream = new byte[header.Length + DeflatedLength(data.Length) + 4];
        header.CopyTo(stream);
        WriteBlocks(stream.AsSpan(header.Length), data);
        BinaryPrimitives.WriteUInt32BigEndian(stream.AsSpan(stream.Length - 4), Adler32(data));
        return stream;
    }

    private static int DeflatedLength(int length) => length + BlockHeaderLength * Math.Max(1, (length + BlockLength - 1) / BlockLength);

    private static void WriteBlocks(Span<byte> target, ReadOnlySpan<byte> data)
    {
        do
        {
            var length = Math.Min(data.Length, BlockLength);
            target[0] = length == data.Length ? (byte)1 : (byte)0;
            BinaryPrimitives.WriteUInt16LittleEndian(target[1..], (ushort)length);
            BinaryPrimitives.WriteUInt16LittleEndian(target[3..], (ushort)~length);
            data[..length].CopyTo(target[BlockHeaderLength..]);
            target = target[(BlockHeaderLength + length)..];
            data = data[length..];
        }
        while (data.Length > 0);
    }

    private static uint Adler32(ReadOnlySpan<byte> data)
    {
        const uint Modulus = 65521;
        uint a = 1, b = 0;
        foreach (var value in data)
        {
            a = (a + value) % Modulus;
            b = (b + a) % Modulus;
        }

        return (b << 16) | a;
    }
}
