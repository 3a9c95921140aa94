using Microsoft.AspNetCore.Http;
using MlHub.Sdk;

namespace MlHub.Hub.Tests;

/// <summary>Containers of Azure, and directories of web servers.</summary>
public sealed class OtherPlacesTests(AzuriteContainer azurite, NginxDirectory nginx) : IClassFixture<AzuriteContainer>, IClassFixture<NginxDirectory>
{
    [AzuriteFact]
    public async Task A_container_of_Azure_becomes_a_hub()
    {
        foreach (var (key, content) in Definition.Files.Append(("labels/ü & 100%.tif", "odd")))
        {
            await azurite.PutAsync($"crops challenge/{key}", content);
        }

        await using var output = new HubDirectory();
        await using var hubs = new OpenHubs();
        var hub = await hubs.OpenAsync(Definition.Crops(azurite.Place("crops challenge/")));
        var client = await hubs.ConnectAsync(hub);

        var assets = await (await client.Datasets.GetAsync("crops")).DownloadAssetsAsync(output.Path);
        var archive = await client.Archives.DownloadAsync("crops_source", output.Path);

        Assert.Equal((11, 0), (assets.Downloaded, assets.Failed));
        Assert.Equal("02 20190721 B04", await File.ReadAllTextAsync(output.Place("crops/crops_source/crops_source_02_20190721/B04.tif")));
        Assert.Equal("an archive", await File.ReadAllTextAsync(archive.Path));
        Assert.False(await hub.RefreshAsync());
    }

    [AzuriteFact]
    public async Task A_listing_of_more_than_a_page_of_Azure_is_read_to_its_end()
    {
        const int Number = 5010;
        await Parallel.ForEachAsync(Enumerable.Range(0, Number), new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (number, _) => await azurite.PutAsync($"many/labels/{number:0000}.tif", "x"));
        await using var hubs = new OpenHubs();

        var hub = await hubs.OpenAsync(Definition.Crops(azurite.Place("many/")));

        Assert.Equal(Number, (await OpenHubs.ItemsAsync(hub, "crops_labels")).Length);
    }

    [AzuriteFact]
    public async Task If_a_container_cannot_be_listed_the_error_names_it_and_says_what_to_do()
    {
        await azurite.PutAsync("closed/labels/01.tif", "x");
        await azurite.AllowListingAsync(false);
        try
        {
            await using var hubs = new OpenHubs();

            var error = await Assert.ThrowsAnyAsync<IOException>(() => hubs.OpenAsync(Definition.Crops(azurite.Place("closed/"))));

            Assert.EndsWith("The public access level of the container must be \"Container\".", error.Message, StringComparison.Ordinal);
        }
        finally
        {
            await azurite.AllowListingAsync(true);
        }
    }

    [NginxTheory]
    [InlineData("html")]
    [InlineData("json")]
    public async Task A_directory_of_a_web_server_becomes_a_hub(string format)
    {
        foreach (var (key, content) in Definition.Files.Concat([("labels/a b & ü 100%#.tif", "odd"), (".hidden/x.tif", "hidden")]))
        {
            nginx.Put($"{format}/{key}", content);
        }

        await using var output = new HubDirectory();
        await using var hubs = new OpenHubs();
        var hub = await hubs.OpenAsync(Definition.Crops(nginx.Place(format)));
        var client = await hubs.ConnectAsync(hub);

        var assets = await (await client.Datasets.GetAsync("crops")).DownloadAssetsAsync(output.Path);
        var archive = await client.Archives.DownloadAsync("crops_source", output.Path);

        Assert.Equal((11, 0), (assets.Downloaded, assets.Failed));
        Assert.Equal("an archive", await File.ReadAllTextAsync(archive.Path));
        Assert.Equal(12, (await hub.FindItemAsync("crops_labels", "crops_labels_01", default))!.Json.GetProperty("assets").GetProperty("data").GetProperty("file:size").GetInt32());
        Assert.Empty(await hub.ListLeftOutAsync());
        Assert.False(await hub.RefreshAsync());
        nginx.Put($"{format}/labels/03.tif", "labels");
        Assert.True(await hub.RefreshAsync());
        Assert.Contains("crops_labels_03", await OpenHubs.ItemsAsync(hub, "crops_labels"));
        Assert.Contains("mlhub-hub/", nginx.Log, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Apache", """<html><head><title>Index of /d</title></head><body><table><tr><th><a href="?C=N;O=D">Name</a></th></tr><tr><td><a href="/">Parent Directory</a></td></tr><tr><td><img src="x.gif" alt="[IMG]"></td><td><a href="a%20b.tif">a b.tif</a></td><td align="right">2024-05-06 07:08  </td><td align="right">1.2K</td></tr></table></body></html>""", -1L)]
    [InlineData("lighttpd", """<html><body><table><tbody><tr class="d"><td class="n"><a href="../">..</a>/</td></tr><tr><td class="n"><a href="a%20b.tif">a b.tif</a></td><td class="m">2024-May-06 07:08:09</td><td class="s">4711</td></tr></tbody></table></body></html>""", 4711L)]
    [InlineData("Python", """<!DOCTYPE HTML><html><body><h1>Directory listing for /d/</h1><ul><li><a href="a%20b.tif">a b.tif</a></li></ul></body></html>""", -1L)]
    [InlineData("links that lead out", """<html><body><a href="https://example.org/x.tif">x</a><a href="../up.tif">up</a><a href="//example.org/d/y.tif">y</a><a href="#top">top</a><a href='./a%20b.tif'>same</a><a href="deep/er/z.tif">z</a><a>nothing</a></body></html>""", -1L)]
    public async Task Pages_of_other_web_servers_are_read_too(string server, string html, long size)
    {
        await using var web = await StubBucket.StartAsync();
        web.Instead = request => request.Path == "/bucket/d/" ? Results.Content(html, "text/html; charset=utf-8") : null;
        await using var hubs = new OpenHubs();

        var hub = await hubs.OpenAsync(Definition.Parse($$"""
            { "id": "test", "datasets": [ { "id": "d", "place": { "type": "http", "url": "{{web.Bucket}}/d" }, "collections": [ { "id": "c", "items": [ "{name}.tif", "**/{name}.tif" ] } ] } ] }
            """));

        Assert.True(server.Length > 0);
        Assert.Equal(["c_a b"], await OpenHubs.ItemsAsync(hub, "c"));
        Assert.Equal($"{web.Bucket}/d/a%20b.tif", await OpenHubs.HrefAsync(hub, "c", "c_a b", "data"));
        var asset = (await hub.FindItemAsync("c", "c_a b", default))!.Json.GetProperty("assets").GetProperty("data");
        Assert.Equal(size, asset.TryGetProperty("file:size", out var found) ? found.GetInt64() : -1);
    }

    [Fact]
    public async Task Folders_that_go_around_in_a_circle_are_an_error_and_no_loop()
    {
        await using var web = await StubBucket.StartAsync();
        web.Instead = _ => Results.Content("""<html><body><a href="again/">again</a></body></html>""", "text/html");
        await using var hubs = new OpenHubs();

        var error = await Assert.ThrowsAnyAsync<IOException>(() => hubs.OpenAsync(Definition.Stac($$"""{ "type": "http", "url": "{{web.Bucket}}" }""")));

        Assert.Contains("has folders in folders, more than 32 deep", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task STAC_files_of_a_listing_without_times_are_read_each_time()
    {
        await using var web = await StubBucket.StartAsync();
        web.Put("one.json", HubDirectory.Item("one", "c"));
        web.Instead = request => request.Path == "/bucket/" ? Results.Content("""<html><body><a href="one.json">one.json</a></body></html>""", "text/html") : null;
        await using var hubs = new OpenHubs();
        var hub = await hubs.OpenAsync(Definition.Stac($$"""{ "type": "http", "url": "{{web.Bucket}}" }"""));

        Assert.False(await hub.RefreshAsync());
        web.Put("one.json", HubDirectory.Item("two", "c"));

        Assert.True(await hub.RefreshAsync());
        Assert.Equal(["two"], await OpenHubs.ItemsAsync(hub, "c"));
    }
}
