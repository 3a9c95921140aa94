using System.Buffers.Binary;
using System.IO.Hashing;

namespace MlHub.Sandbox;

/// <summary>Writes 8-bit PNG images (W3C PNG, third edition).</summary>
internal static class Png
{
    private static ReadOnlySpan<byte> Signature => [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>A square image of red, green and blue samples.</summary>
    public static byte[] Write(int size, byte[] rgb)
    {
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, size);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), size);
        header[8] = 8; // bits per sample
        header[9] = 2; // truecolour
        return [.. Signature, .. Chunk("IHDR"u8, header), .. Chunk("IDAT"u8, StoredDeflate.Zlib(Scanlines(size, rgb))), .. Chunk("IEND"u8, [])];
    }

    // Each row begins with its filter, 0: none.
    private static byte[] Scanlines(int size, byte[] rgb)
    {
        var rowLength = size * 3;
        var lines = new byte[size * (rowLength + 1)];
        for (var row = 0; row < size; row++)
        {
            rgb.AsSpan(row * rowLength, rowLength).CopyTo(lines.AsSpan(row * (rowLength + 1) + 1));
        }

        return lines;
    }

    private static byte[] Chunk(ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        var chunk = new byte[12 + data.Length];
        BinaryPrimitives.WriteInt32BigEndian(chunk, data.Length);
        type.CopyTo(chunk.AsSpan(4));
        data.CopyTo(chunk.AsSpan(8));
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(8 + data.Length), Crc32.HashToUInt32(chunk.AsSpan(4, 4 + data.Length)));
        return chunk;
    }
}
