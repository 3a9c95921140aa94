using System.Net;
using MlHub.Sdk;

namespace MlHub.Hub.Tests;

/// <summary>A bucket becomes a hub. These tests use s3rver.</summary>
public sealed class S3Tests(S3Server s3) : IClassFixture<S3Server>
{
    [S3Fact]
    public async Task A_client_downloads_assets_and_archives_from_the_bucket_itself()
    {
        foreach (var (key, content) in Definition.Files)
        {
            await s3.PutAsync($"crops/{key}", content);
        }

        await using var output = new HubDirectory();
        await using var hubs = new OpenHubs();
        var hub = await hubs.OpenAsync(Definition.Crops(s3.Place("crops/")));
        var client = await hubs.ConnectAsync(hub);

        var item = await client.Collections.GetItemAsync("crops_source", "crops_source_01_20190606");
        var assets = await (await client.Datasets.GetAsync("crops")).DownloadAssetsAsync(output.Path);
        var archive = await client.Archives.DownloadAsync("crops_source", output.Path);

        Assert.Equal($"{s3.Bucket}/crops/data/01/20190606/B02.tif", item.Assets["B02"].Href);
        Assert.Equal((10, 0), (assets.Downloaded, assets.Failed));
        Assert.Equal("01 20190606 B02", await File.ReadAllTextAsync(output.Place("crops/crops_source/crops_source_01_20190606/B02.tif")));
        Assert.Equal("an archive", await File.ReadAllTextAsync(archive.Path));
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        using var answer = await http.GetAsync(new Uri(client.RootUrl, $"archive/crops_source?key={Uri.EscapeDataString(hubs.LastServer!.ApiKey)}"));
        Assert.Equal((HttpStatusCode.SeeOther, new Uri($"{s3.Bucket}/crops/archives/crops_source.tar.gz")), (answer.StatusCode, answer.Headers.Location));
        using var asset = await http.GetAsync(new Uri($"http://{client.RootUrl.Authority}/storage/mlhub/files/crops/labels/01.tif"));
        Assert.Equal((HttpStatusCode.SeeOther, new Uri($"{s3.Bucket}/crops/labels/01.tif")), (asset.StatusCode, asset.Headers.Location));
    }

    [S3Fact]
    public async Task A_listing_of_several_pages_is_read_to_its_end()
    {
        const int Number = 2050;
        s3.PutMany(Enumerable.Range(0, Number).Select(number => $"many/labels/{number:0000}.tif"));
        await using var hubs = new OpenHubs();

        var hub = await hubs.OpenAsync(Definition.Crops(s3.Place("many/")));

        Assert.Equal(Enumerable.Range(0, Number).Select(number => $"crops_labels_{number:0000}"), await OpenHubs.ItemsAsync(hub, "crops_labels"));
    }

    [S3Fact]
    public async Task STAC_files_of_the_bucket_are_used_and_their_assets_are_in_the_bucket()
    {
        await s3.PutAsync("stac/catalog.json", HubDirectory.Catalog("crops"));
        await s3.PutAsync("stac/c/collection.json", HubDirectory.Collection("crops_c"));
        await s3.PutAsync("stac/c/one/one.json", HubDirectory.Item("one", "crops_c", ("image", "./image one.tif"), ("common", "../../common.pdf"), ("elsewhere", "https://example.org/x.tif")));
        await s3.PutAsync("stac/c/one/image one.tif", "image");
        await s3.PutAsync("stac/common.pdf", "documentation");
        await using var output = new HubDirectory();
        await using var hubs = new OpenHubs();
        var hub = await hubs.OpenAsync(Definition.Stac(s3.Place("stac/")));
        var client = await hubs.ConnectAsync(hub);

        var item = await client.Collections.GetItemAsync("crops_c", "one");
        var assets = await (await client.Datasets.GetAsync("crops")).DownloadAssetsAsync(output.Path, new DatasetAssetsOptions { Filter = new AssetFilter { Keys = ["image", "common"] } });
        var catalog = await client.Catalogs.GetInfoAsync("crops");

        Assert.Equal(
            [$"{s3.Bucket}/stac/c/one/image%20one.tif", $"{s3.Bucket}/stac/common.pdf", "https://example.org/x.tif"],
            new[] { "image", "common", "elsewhere" }.Select(key => item.Assets[key].Href));
        Assert.Equal((2, 0), (assets.Downloaded, assets.Failed));
        Assert.Equal("imagedocumentation".Length, catalog.EstimatedDatasetSize);
    }
}
