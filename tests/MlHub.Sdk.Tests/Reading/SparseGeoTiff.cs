using System.Buffers.Binary;
using System.Security.Cryptography;

namespace MlHub.Sdk.Tests.Reading;

/// <summary>
/// A GeoTIFF of one gigabyte that takes almost no room: 32,768 × 32,768 pixels of one byte, in tiles that were never written, and an overview of 512 × 512
/// pixels whose four tiles are random.
/// </summary>
/// <param name="isBig">Whether it is a BigTIFF, whose offsets have 64 bits.</param>
/// <param name="isCloudOptimized">Whether the directories and the overview stand before the tiles of the image (COG), and not after them.</param>
internal sealed class SparseGeoTiff(bool isBig, bool isCloudOptimized)
{
    private const int TileSize = 512;
    private const int Tiles = 64 * 64;
    private const int OverviewTileSize = 256;

    /// <summary>The tiles of the overview.</summary>
    public byte[][] Overview { get; } = [.. Enumerable.Range(0, 4).Select(_ => RandomNumberGenerator.GetBytes(OverviewTileSize * OverviewTileSize))];

    private int HeaderSize => isBig ? 16 : 8;

    public void Write(FileStream file)
    {
        var image = SizeOf(Directory(0, isOverview: false));
        var overview = SizeOf(Directory(0, isOverview: true));
        const long ImageTiles = (long)Tiles * TileSize * TileSize;
        var (imageAt, overviewAt, overviewTilesAt, imageTilesAt) = isCloudOptimized
            ? (HeaderSize, HeaderSize + image, HeaderSize + image + overview, HeaderSize + image + overview + (4 * Overview[0].Length))
            : (HeaderSize, HeaderSize + image + ImageTiles, HeaderSize + image + ImageTiles + overview, HeaderSize + image);
        file.SetLength(HeaderSize + image + overview + (4 * Overview[0].Length) + ImageTiles);
        file.Write(isBig ? [0x49, 0x49, 43, 0, 8, 0, 0, 0, 16, 0, 0, 0, 0, 0, 0, 0] : [0x49, 0x49, 42, 0, 8, 0, 0, 0]);
        file.Write(Bytes(Directory(imageTilesAt, isOverview: false), imageAt, next: overviewAt));
        file.Position = overviewAt;
        file.Write(Bytes(Directory(overviewTilesAt, isOverview: true), overviewAt, next: 0));
        file.Position = overviewTilesAt;
        foreach (var tile in Overview)
        {
            file.Write(tile);
        }
    }

    private Tag[] Directory(long tilesAt, bool isOverview)
    {
        var (size, tileSize, tiles) = isOverview ? (2 * OverviewTileSize, OverviewTileSize, 4) : (64 * TileSize, TileSize, Tiles);
        var offset = isBig ? 16 : 4;
        Tag[] image =
        [
            new(254, 4, [isOverview ? 1 : 0]), new(256, 4, [size]), new(257, 4, [size]), new(258, 3, [8]), new(259, 3, [1]), new(262, 3, [1]), new(277, 3, [1]), new(284, 3, [1]),
            new(322, 3, [tileSize]), new(323, 3, [tileSize]),
            new(324, offset, [.. Enumerable.Range(0, tiles).Select(tile => tilesAt + ((long)tile * tileSize * tileSize))]),
            new(325, 4, [.. Enumerable.Repeat((long)tileSize * tileSize, tiles)]),
        ];

        // Ten metres a pixel in UTM zone 37 S: ModelPixelScale, ModelTiepoint, GeoKeyDirectory.
        return isOverview ? image :
        [
            .. image, new(33550, 12, [.. Doubles(10, 10, 0)]), new(33922, 12, [.. Doubles(0, 0, 0, 600_000, 9_900_000, 0)]),
            new(34735, 3, [1, 1, 0, 3, 1024, 0, 1, 1, 1025, 0, 1, 1, 3072, 0, 1, 32737]),
        ];
    }

    private static IEnumerable<long> Doubles(params double[] values) => values.Select(BitConverter.DoubleToInt64Bits);

    private static int Width(int type) => type switch { 3 => 2, 4 => 4, _ => 8 };

    private int EntriesSize(Tag[] tags) => isBig ? 8 + (20 * tags.Length) + 8 : 2 + (12 * tags.Length) + 4;

    private int Inline => isBig ? 8 : 4;

    private long SizeOf(Tag[] tags) => EntriesSize(tags) + tags.Select(tag => tag.Values.Length * Width(tag.Type)).Where(size => size > Inline).Sum();

    private byte[] Bytes(Tag[] tags, long at, long next)
    {
        using var entries = new MemoryStream();
        using var beside = new MemoryStream();
        Put(entries, tags.Length, isBig ? 8 : 2);
        foreach (var tag in tags)
        {
            Put(entries, tag.Id, 2);
            Put(entries, tag.Type, 2);
            Put(entries, tag.Values.Length, isBig ? 8 : 4);
            var isInline = tag.Values.Length * Width(tag.Type) <= Inline;
            if (!isInline)
            {
                Put(entries, at + EntriesSize(tags) + beside.Length, Inline);
            }

            foreach (var value in tag.Values)
            {
                Put(isInline ? entries : beside, value, Width(tag.Type));
            }

            Put(entries, 0, isInline ? Inline - (tag.Values.Length * Width(tag.Type)) : 0);
        }

        Put(entries, next, isBig ? 8 : 4);
        return [.. entries.ToArray(), .. beside.ToArray()];
    }

    private static void Put(MemoryStream stream, long value, int width)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        stream.Write(bytes[..width]);
    }

    private sealed record Tag(int Id, int Type, long[] Values);
}
