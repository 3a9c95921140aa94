using System.Text.Json;
using System.Text.Json.Nodes;
using MlHub.Sdk;

namespace MlHub.Hub.Tests;

/// <summary>A directory with downloads of a hub serves what that hub served.</summary>
public sealed class DownloadsTests(OriginHub origin) : IClassFixture<OriginHub>
{
    private MlHubClient Origin => origin.Client;

    [Fact]
    public async Task Assets_that_were_downloaded_are_served_from_the_directory_and_the_others_from_where_they_were()
    {
        await using var directory = new HubDirectory();
        var dataset = await Origin.Datasets.GetAsync("sandbox_crops_kenya");
        await dataset.DownloadAssetsAsync(directory.Path, new DatasetAssetsOptions { Filter = new AssetFilter { Keys = ["B04", "documentation"] } });
        var client = await directory.ConnectAsync();

        var item = await client.Collections.GetItemAsync("sandbox_crops_kenya_s2", "sandbox_crops_kenya_s2_tile_01_20190606");

        Assert.StartsWith(client.RootUrl.GetLeftPart(UriPartial.Authority), item.Assets["B04"].Href, StringComparison.Ordinal);
        Assert.StartsWith(Origin.RootUrl.GetLeftPart(UriPartial.Authority), item.Assets["B08"].Href, StringComparison.Ordinal);
        using var http = new HttpClient();
        var before = await Origin.Collections.GetItemAsync("sandbox_crops_kenya_s2", "sandbox_crops_kenya_s2_tile_01_20190606");
        Assert.Equal(await http.GetByteArrayAsync(new Uri(before.Assets["B04"].Href!)), await http.GetByteArrayAsync(new Uri(item.Assets["B04"].Href!)));
    }

    [Fact]
    public async Task A_directory_with_only_archives_has_the_same_collections_items_and_assets()
    {
        await using var directory = new HubDirectory();
        foreach (var collection in (string[])["sandbox_crops_kenya_s2", "sandbox_crops_kenya_labels"])
        {
            await Origin.Archives.DownloadAsync(collection, directory.Path);
        }

        var client = await directory.ConnectAsync();
        foreach (var id in (string[])["sandbox_crops_kenya_s2", "sandbox_crops_kenya_labels"])
        {
            var expected = await Items(Origin, id);
            var found = await Items(client, id);
            Assert.Equal(expected.Keys.Order(StringComparer.Ordinal), found.Keys);
            Assert.All(found, item => Assert.Equal(Comparable(expected[item.Key]), Comparable(item.Value)));
        }

        var (one, other) = (await Origin.Collections.GetItemAsync("sandbox_crops_kenya_s2", "sandbox_crops_kenya_s2_tile_02_20190721"), await client.Collections.GetItemAsync("sandbox_crops_kenya_s2", "sandbox_crops_kenya_s2_tile_02_20190721"));
        using var http = new HttpClient();
        foreach (var key in one.Assets.Keys)
        {
            Assert.Equal(await http.GetByteArrayAsync(new Uri(one.Assets[key].Href!)), await http.GetByteArrayAsync(new Uri(other.Assets[key].Href!)));
        }

        var dataset = Assert.Single(await client.Datasets.ListAsync().ToListAsync());
        Assert.Equal(("sandbox_crops_kenya", 1, 1), (dataset.Id, dataset.Collections.Count(collection => collection.Types.Contains(CollectionType.Labels)), dataset.Collections.Count(collection => collection.Types.Contains(CollectionType.SourceImagery))));
    }

    [Fact]
    public async Task Archives_are_served_whole_resumed_and_with_their_digest()
    {
        await using var directory = new HubDirectory();
        await Origin.Archives.DownloadAsync("sandbox_crops_kenya_s2", directory.Path);
        var client = await directory.ConnectAsync();

        var again = await client.Archives.DownloadAsync("sandbox_crops_kenya_s2", directory.Place("again"));

        Assert.Equal(VerificationMethod.Digest, again.Verified.Method);
        Assert.Equal(await File.ReadAllBytesAsync(directory.Place("sandbox_crops_kenya_s2.tar.gz")), await File.ReadAllBytesAsync(again.Path));
        var info = await client.Archives.GetInfoAsync("sandbox_crops_kenya_s2");
        Assert.Equal(again.Bytes, info.Size);
    }

    [Fact]
    public async Task A_catalogue_that_the_hub_creates_links_to_the_assets_of_the_hub()
    {
        await using var directory = new HubDirectory();
        var dataset = await Origin.Datasets.GetAsync("sandbox_assets_world");
        var filter = new AssetFilter { Keys = ["image", "documentation", "legend", "labels"] };
        var first = await dataset.DownloadAssetsAsync(directory.Path, new DatasetAssetsOptions { Filter = filter });
        var client = await directory.ConnectAsync();

        var second = await (await client.Datasets.GetAsync("sandbox_assets_world")).DownloadAssetsAsync(directory.Place("second"), new DatasetAssetsOptions { Filter = filter });

        Assert.Equal((first.Selected, 0), (second.Downloaded, second.Failed));
        Assert.Equal(Assets(first.Directory), Assets(second.Directory));
        var info = await client.Catalogs.GetInfoAsync("sandbox_assets_world");
        Assert.True(info.EstimatedDatasetSize >= first.Bytes);
    }

    private static Dictionary<string, string> Assets(string directory) => Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories)
        .Where(path => !path.EndsWith(".db", StringComparison.Ordinal) && !path.EndsWith("-lock", StringComparison.Ordinal) && !path.EndsWith(".json", StringComparison.Ordinal))
        .ToDictionary(path => Path.GetRelativePath(directory, path), path => Convert.ToHexString(File.ReadAllBytes(path)));

    private static async Task<SortedDictionary<string, string>> Items(MlHubClient client, string collection)
    {
        var items = new SortedDictionary<string, string>(StringComparer.Ordinal);
        await foreach (var item in client.Collections.ListItemsAsync(collection, new ItemQuery { PageSize = 7 }))
        {
            items.Add(item.Id, item.ToJson());
        }

        return items;
    }

    // Without what differs between two servers: links and the addresses of assets.
    private static string Comparable(string json)
    {
        var item = JsonNode.Parse(json)!.AsObject();
        item.Remove("links");
        foreach (var (_, asset) in item["assets"]!.AsObject())
        {
            asset!.AsObject().Remove("href");
        }

        return JsonSerializer.Serialize(new SortedDictionary<string, JsonNode?>(item.ToDictionary(field => field.Key, field => field.Value?.DeepClone()), StringComparer.Ordinal));
    }
}
