using BitMiracle.LibTiff.Classic;
using MlHub.Sdk.Tests.Downloads;
using Xunit.Abstractions;

namespace MlHub.Sdk.Tests.Reading;

/// <summary>The overview of a GeoTIFF of one gigabyte, read by a TIFF library from the real nginx.</summary>
public sealed class GeoTiffTests(Nginx nginx, ITestOutputHelper output) : ReadingTest, IClassFixture<Nginx>
{
    // It does not know the tags of GeoTIFF, and would say so for each file.
    static GeoTiffTests() => Tiff.SetErrorHandler(new NoWarnings());

    [NginxTheory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task Reading_an_overview_of_a_gigabyte_transfers_less_than_a_megabyte(bool isBig, bool isCloudOptimized)
    {
        var image = new SparseGeoTiff(isBig, isCloudOptimized);
        var path = $"image-{isBig}-{isCloudOptimized}.tif";
        nginx.Put(path, image.Write, new DateTime(2026, 1, 5, 10, 0, 0, DateTimeKind.Utc));
        await using (var stream = await NewClient().OpenReadAsync(new Uri(nginx.Root, path)))
        {
            Assert.True(stream.Length > 1 << 30);
            Assert.All(ReadOverview(stream).Zip(image.Overview), tiles => Assert.True(tiles.First.AsSpan().SequenceEqual(tiles.Second), "A tile is not what it was."));
        }

        var requests = await nginx.RequestsAsync(path);
        output.WriteLine($"{requests.Sum(request => request.Bytes)} bytes: {string.Join(", ", requests.Select(request => request.Range))}");
        Assert.All(requests, request => Assert.Equal(206, request.Status));
        Assert.InRange(requests.Sum(request => request.Bytes), 4 * 64 * 1024, 999_999);
    }

    private static List<byte[]> ReadOverview(Stream stream)
    {
        using var tiff = Tiff.ClientOpen("image", "r", stream, new KeptOpen()) ?? throw new InvalidDataException("It is no TIFF.");
        Assert.Equal(32_768, tiff.GetField(TiffTag.IMAGEWIDTH)[0].ToInt());
        Assert.True(tiff.SetDirectory(1));
        Assert.Equal(FileType.REDUCEDIMAGE, (FileType)tiff.GetField(TiffTag.SUBFILETYPE)[0].ToInt());
        return [.. Enumerable.Range(0, tiff.NumberOfTiles()).Select(number =>
        {
            var tile = new byte[tiff.TileSize()];
            Assert.Equal(tile.Length, tiff.ReadEncodedTile(number, tile, 0, tile.Length));
            return tile;
        })];
    }

    private sealed class KeptOpen : TiffStream
    {
        public override void Close(object clientData)
        {
            // The test disposes of it.
        }
    }

    private sealed class NoWarnings : TiffErrorHandler
    {
        public override void WarningHandler(Tiff tif, string method, string format, params object[] args)
        {
        }
    }
}
