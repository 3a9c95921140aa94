using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using MlHub.Sandbox;

namespace MlHub.Sdk.Assets.Tests;

/// <summary>A tree of STAC files that needs no hub.</summary>
public sealed class RewriteTests : IDisposable
{
    private static readonly DatasetAssetsOptions Rewriting = new() { Rewrite = true };
    private readonly Folder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_tree_of_the_sandbox_leads_to_every_item_and_every_stored_file()
    {
        await using var sandbox = await MlHubSandbox.StartAsync();
        using var client = new MlHubClient(new MlHubClientOptions { RootUrl = sandbox.RootUrl, ApiKey = sandbox.ApiKey });
        var dataset = await client.Datasets.GetAsync("sandbox_assets_world");

        await Assert.ThrowsAsync<AssetsFailedException>(() => dataset.DownloadAssetsAsync(_folder.Path, Rewriting));

        var (items, files, others) = Walk("sandbox_assets_world/catalog.json");
        Assert.Equal(7, items);
        Assert.Equal(13, files.Count);
        Assert.EndsWith("/scene_without_time/B04.tif", Assert.Single(others), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stored_asset_has_a_local_address_and_the_original_one_as_alternate()
    {
        var hub = new FakeHub(new Catalogue().AddItem("c", "1", ["B02", "B03"], item =>
        {
            item["links"] = new JsonArray(
                Link("self", "https://hub.test/items/1"), Link("root", "https://hub.test/"), Link("license", "license.html"), Link("source", "../2/2.json"), Link("about", "https://about.test/"));
            item["stac_extensions"] = new JsonArray("https://example.org/x.json");
            item["assets"]!["B02"]!["alternate"] = new JsonObject { ["original"] = new JsonObject { ["href"] = "s3://bucket/x.tif" } };
            item["assets"]!["B03"]!["href"] = "B03.tif";
        }).AddItem("c", "2"));

        await hub.Dataset().DownloadAssetsAsync(_folder.Path, new DatasetAssetsOptions { Rewrite = true, Filter = new AssetFilter { Keys = ["B02"] } });

        var item = Read("set/c/1/1.json");
        var stored = item["assets"]!["B02"]!;
        Assert.Equal("./B02.tif", (string?)stored["href"]);
        Assert.Equal("https://files.test/c/1/B02.tif", (string?)stored["alternate"]!["original_2"]!["href"]);
        Assert.Equal("s3://bucket/x.tif", (string?)stored["alternate"]!["original"]!["href"]);
        Assert.Equal("https://hub.test/items/B03.tif", (string?)item["assets"]!["B03"]!["href"]);
        Assert.Equal(["https://example.org/x.json", "https://stac-extensions.github.io/alternate-assets/v1.2.0/schema.json"], item["stac_extensions"]!.AsArray().Select(extension => (string?)extension));
        Assert.Equal(
            [
                "root ../../catalog.json", "parent ../../catalog.json", "derived_from https://hub.test/items/1", "license https://hub.test/items/license.html", "source ../2/2.json",
                "about https://about.test/",
            ],
            Links(item));
        Assert.Equal(["root ./catalog.json", "item ./c/1/1.json", "item ./c/2/2.json"], Links(Read("set/catalog.json")));
        Assert.Equal("set", (string?)Read("set/catalog.json")["id"]);
    }

    [Fact]
    public async Task A_collection_is_the_child_of_the_catalog_and_the_parent_of_its_items()
    {
        var hub = new FakeHub(new Catalogue()
            .AddItem("c", "1", "B02")
            .AddCollection("c", "legend")
            .Add("set/deep/catalog.json", """{"type": "Catalog", "id": "deep", "links": [{"rel": "child", "href": "gone.json"}]}""")
            .Add("set/deep/d/collection.json", """{"type": "Collection", "id": "d"}""")
            .Add("set/other/place.json", """{"type": "Feature", "id": "2", "collection": "d", "properties": {}, "assets": {"B02": {"href": "https://files.test/2.tif"}}}""")
            .Add("set/catalog.json", """{"type": "Catalog", "id": "top"}"""));

        await hub.Dataset().DownloadAssetsAsync(_folder.Path, Rewriting);

        Assert.Equal(["root ./catalog.json", "child ./deep/catalog.json", "child ./c/collection.json"], Links(Read("set/catalog.json")));
        Assert.Equal(["root ../catalog.json", "parent ../catalog.json", "item ./1/1.json"], Links(Read("set/c/collection.json")));
        Assert.Equal(["root ../catalog.json", "parent ../catalog.json", "child ./d/collection.json"], Links(Read("set/deep/catalog.json")));
        Assert.Equal(["root ../../catalog.json", "parent ../catalog.json", "item ../../other/place.json"], Links(Read("set/deep/d/collection.json")));
        Assert.Equal(["root ../catalog.json", "parent ../deep/d/collection.json", "collection ../deep/d/collection.json"], Links(Read("set/other/place.json")));
        Assert.Equal("./legend.tif", (string?)Read("set/c/collection.json")["assets"]!["legend"]!["href"]);
        Assert.Equal("../d/2/B02.tif", (string?)Read("set/other/place.json")["assets"]!["B02"]!["href"]);
    }

    [Fact]
    public async Task A_further_run_rewrites_the_tree_and_an_interrupted_one_ends_in_the_same_bytes()
    {
        var catalogue = new Catalogue().AddCollection("c", "legend").AddItem("c", "1", "B02", "B03", "readme").AddItem("c", "2", "B02", "readme");
        using var whole = new Folder();
        var hub = new FakeHub(catalogue);
        await hub.Dataset().DownloadAssetsAsync(whole.Path, Rewriting);

        hub.Instead = url => url.AbsolutePath == "/c/2/B02.tif" ? new HttpResponseMessage(HttpStatusCode.NotFound) : null;
        await hub.Dataset().DownloadAssetsAsync(_folder.Path, new DatasetAssetsOptions { Rewrite = true, Filter = new AssetFilter { Keys = ["B03"] } });
        await Assert.ThrowsAsync<AssetsFailedException>(() => hub.Dataset().DownloadAssetsAsync(_folder.Path, Rewriting));
        Assert.Equal("https://files.test/c/2/B02.tif", (string?)Read("set/c/2/2.json")["assets"]!["B02"]!["href"]);
        hub.Instead = null;
        File.Delete(_folder["set/c/1/B03.tif"]);

        // Also without the option: a tree with the addresses of some files only would be worth nothing.
        await hub.Dataset().DownloadAssetsAsync(_folder.Path);

        Assert.Equal(whole.Tree(), _folder.Tree());
    }

    [Fact]
    public async Task A_file_that_was_removed_has_its_original_address_again()
    {
        var hub = new FakeHub(new Catalogue().AddItem("c", "1", "B02", "B03"));
        await hub.Dataset().DownloadAssetsAsync(_folder.Path, Rewriting);
        File.Delete(_folder["set/c/1/B03.tif"]);

        await hub.Dataset().DownloadAssetsAsync(_folder.Path, new DatasetAssetsOptions { Filter = new AssetFilter { Keys = ["B02"] } });

        Assert.Equal("./B02.tif", (string?)Read("set/c/1/1.json")["assets"]!["B02"]!["href"]);
        Assert.Equal("https://files.test/c/1/B03.tif", (string?)Read("set/c/1/1.json")["assets"]!["B03"]!["href"]);
    }

    [Fact]
    public async Task Assets_in_another_directory_and_layout_are_found_from_the_tree()
    {
        var assets = Path.Combine(_folder.Parent, "assets");
        var hub = new FakeHub(new Catalogue().AddItem("c", "1", "B02"));

        await hub.Dataset().DownloadAssetsAsync(_folder.Path, new DatasetAssetsOptions { Rewrite = true, AssetDirectory = assets, Layout = "{key}/{item}{ext}" });

        var href = (string?)Read("set/c/1/1.json")["assets"]!["B02"]!["href"];
        Assert.Equal("../../../../assets/set/B02/1.tif", href);
        Assert.True(File.Exists(Path.Combine(_folder["set/c/1"], href!)));
    }

    [Fact]
    public async Task Text_that_is_not_Unicode_does_not_end_the_run()
    {
        var hub = new FakeHub(new Catalogue().Add("set/c/1.json", """{"type": "Feature", "id": "1", "collection": "c", "properties": {"a": "\ud800", "b\udc00": 1}, "assets": {"B02": {"href": "https://files.test/1.tif"}}}"""));

        Assert.Equal(1, (await hub.Dataset().DownloadAssetsAsync(_folder.Path, Rewriting)).Downloaded);
        Assert.Equal("./1/B02.tif", (string?)Read("set/c/1.json")["assets"]!["B02"]!["href"]);
    }

    private static JsonObject Link(string relation, string href) => new() { ["rel"] = relation, ["href"] = href };

    private static string[] Links(JsonNode document) => [.. document["links"]!.AsArray().Select(link => $"{link!["rel"]} {link["href"]}")];

    private JsonNode Read(string path) => JsonNode.Parse(File.ReadAllText(_folder[path]))!;

    // From the root, by links alone.
    private (int Items, HashSet<string> Files, HashSet<string> Others) Walk(string root)
    {
        var (items, files, others) = (0, new HashSet<string>(StringComparer.Ordinal), new HashSet<string>(StringComparer.Ordinal));
        var open = new Queue<string>([_folder[root]]);
        while (open.TryDequeue(out var path))
        {
            var document = JsonElement.Parse(File.ReadAllText(path));
            var folder = Path.GetDirectoryName(path)!;
            items += document.GetProperty("type").GetString() == "Feature" ? 1 : 0;
            foreach (var link in document.GetProperty("links").EnumerateArray())
            {
                var (relation, href) = (link.GetProperty("rel").GetString(), link.GetProperty("href").GetString()!);
                if (relation is "root" or "parent" or "collection" or "child" or "item")
                {
                    Assert.True(File.Exists(Path.Combine(folder, href)), $"{path}: {relation} {href}");
                }

                if (relation is "child" or "item")
                {
                    open.Enqueue(Path.GetFullPath(Path.Combine(folder, href)));
                }
            }

            foreach (var asset in document.TryGetProperty("assets", out var assets) ? assets.EnumerateObject().Select(asset => asset.Value) : [])
            {
                var href = asset.GetProperty("href").GetString()!;
                (href.StartsWith("http", StringComparison.Ordinal) ? others : files).Add(href.StartsWith("http", StringComparison.Ordinal) ? href : Path.GetFullPath(Path.Combine(folder, href)));
            }
        }

        Assert.All(files, file => Assert.True(File.Exists(file), file));
        return (items, files, others);
    }
}
