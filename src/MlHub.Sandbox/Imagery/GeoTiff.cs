using System.Buffers.Binary;

namespace MlHub.Sandbox;

/// <summary>Writes uncompressed GeoTIFF (TIFF 6.0, OGC GeoTIFF 1.1) in WGS 84 longitude and latitude: one strip, little-endian.</summary>
internal static class GeoTiff
{
    private const ushort Ascii = 2;
    private const ushort Short = 3;
    private const ushort Long = 4;
    private const ushort Double = 12;
    private const int HeaderLength = 8;

    /// <summary>A raster of 8 bits per sample.</summary>
    public static byte[] Write(Box box, int size, byte[] samples, int samplesPerPixel = 1) => Write(box, size, samples, samplesPerPixel, 8);

    /// <summary>A raster of one 16-bit sample per pixel.</summary>
    public static byte[] Write(Box box, int size, ushort[] samples)
    {
        var bytes = new byte[samples.Length * 2];
        for (var i = 0; i < samples.Length; i++)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(i * 2), samples[i]);
        }

        return Write(box, size, bytes, 1, 16);
    }

    private static byte[] Write(Box box, int size, byte[] data, int samplesPerPixel, int bits)
    {
        var stripLength = data.Length + data.Length % 2;
        (ushort Tag, ushort Type, byte[] Value)[] entries =
        [
            (256, Long, Longs(size)), // ImageWidth
            (257, Long, Longs(size)), // ImageLength
            (258, Short, Shorts(Enumerable.Repeat(bits, samplesPerPixel))), // BitsPerSample
            (259, Short, Shorts([1])), // Compression: none
            (262, Short, Shorts([samplesPerPixel == 3 ? 2 : 1])), // PhotometricInterpretation: RGB, or black is zero
            (273, Long, Longs(HeaderLength)), // StripOffsets
            (277, Short, Shorts([samplesPerPixel])), // SamplesPerPixel
            (278, Long, Longs(size)), // RowsPerStrip
            (279, Long, Longs(data.Length)), // StripByteCounts
            (284, Short, Shorts([1])), // PlanarConfiguration: pixel by pixel
            (339, Short, Shorts(Enumerable.Repeat(1, samplesPerPixel))), // SampleFormat: unsigned
            (33550, Double, Doubles((double)((box.East - box.West) / size), (double)((box.North - box.South) / size), 0)), // ModelPixelScale
            (33922, Double, Doubles(0, 0, 0, (double)box.West, (double)box.North, 0)), // ModelTiepoint
            (34735, Short, Shorts([1, 1, 0, 3, 1024, 0, 1, 2, 1025, 0, 1, 1, 2048, 0, 1, 4326])), // GeoKeyDirectory: geographic, pixel is area, EPSG:4326
            (42113, Ascii, "0\0"u8.ToArray()), // GDAL_NODATA
        ];
        var directory = HeaderLength + stripLength;
        var file = new byte[directory + 2 + entries.Length * 12 + 4 + entries.Sum(entry => entry.Value.Length > 4 ? entry.Value.Length : 0)];
        "II*\0"u8.CopyTo(file);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(4), directory);
        data.CopyTo(file, HeaderLength);
        WriteDirectory(file, directory, entries);
        return file;
    }

    // Values of up to four bytes are in the directory itself, and longer ones after it (TIFF 6.0, section 2).
    private static void WriteDirectory(Span<byte> file, int start, (ushort Tag, ushort Type, byte[] Value)[] entries)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(file[start..], (ushort)entries.Length);
        var position = start + 2;
        var valueOffset = start + 2 + entries.Length * 12 + 4;
        foreach (var (tag, type, value) in entries)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(file[position..], tag);
            BinaryPrimitives.WriteUInt16LittleEndian(file[(position + 2)..], type);
            BinaryPrimitives.WriteInt32LittleEndian(file[(position + 4)..], value.Length / SizeOf(type));
            if (value.Length <= 4)
            {
                value.CopyTo(file[(position + 8)..]);
            }
            else
            {
                BinaryPrimitives.WriteInt32LittleEndian(file[(position + 8)..], valueOffset);
                value.CopyTo(file[valueOffset..]);
                valueOffset += value.Length;
            }

            position += 12;
        }
    }

    private static int SizeOf(ushort type) => type switch { Ascii => 1, Short => 2, Long => 4, _ => 8 };

    private static byte[] Shorts(IEnumerable<int> values) => [.. values.SelectMany(value => new[] { (byte)value, (byte)(value >> 8) })];

    private static byte[] Longs(int value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        return bytes;
    }

    private static byte[] Doubles(params ReadOnlySpan<double> values)
    {
        var bytes = new byte[values.Length * 8];
        for (var i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteDoubleLittleEndian(bytes.AsSpan(i * 8), values[i]);
        }

        return bytes;
    }
}
