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
    public async Task A_container_that_may_not_be_listed_is_named_with_what_to_do()
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
        Assert.Equal(12, (await hub.FindItemAsync("crops_labels", "crops_labels_01", default))!.Value.GetProperty("assets").GetProperty("data").GetProperty("file:size").GetInt32());
        Assert.Empty(hub.ListLeftOut());
        Assert.False(await hub.RefreshAsync());
        nginx.Put($"{format}/labels/03.tif", "labels");
        Assert.True(await hub.RefreshAsync());
        Assert.Contains("crops_labels_03", await OpenHubs.ItemsAsync(hub, "crops_labels"));
        Assert.Contains("mlhub-hub/", nginx.Log, StringComparison.Ordinal);
    }
}
