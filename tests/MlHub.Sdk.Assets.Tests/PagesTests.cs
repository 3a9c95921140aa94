using System.Net;
using System.Text;

namespace MlHub.Sdk.Assets.Tests;

/// <summary>A hub that has no catalogues: the assets are those of its pages.</summary>
public sealed class PagesTests : IDisposable
{
    private readonly Folder _folder = new();
    private readonly Dictionary<string, string> _answers = new(StringComparer.Ordinal)
    {
        ["collections/c"] = """{"id": "c", "links": [{"rel": "self", "href": "https://hub.test/mlhub/v1/collections/c"}], "assets": {"legend": {"href": "https://files.test/legend.csv"}}, "type": "Collection"}""",
        ["collections/c/items"] = Page("c", "\n", Item("c", "1"), "{\"no\": \"id\"}", Item("c", "2")),
        ["collections/d"] = """{"id": "d", "type": "Collection"}""",
        ["collections/d/items"] = Page("d", "", Item("d", "1")),
    };

    private readonly FakeHub _hub = new(new Catalogue());

    public PagesTests() => _hub.Api = url => _answers.TryGetValue(url.AbsolutePath["/mlhub/v1/".Length..], out var json)
        ? FakeHub.Whole(Encoding.UTF8.GetBytes(json), "application/json")
        : new HttpResponseMessage(HttpStatusCode.NotFound);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_assets_of_the_pages_and_of_the_collections_are_downloaded()
    {
        var result = await _hub.DatasetOf("c", "d").DownloadAssetsAsync(_folder.Path);

        Assert.Equal((4, 4), (result.Selected, result.Downloaded));
        Assert.Equal(
            ["set.items.jsonl", "set/c/1/1.json", "set/c/1/B02.tif", "set/c/2/2.json", "set/c/2/B02.tif", "set/c/collection.json", "set/c/legend.csv", "set/d/1/1.json", "set/d/1/B02.tif", "set/d/collection.json"],
            _folder.Tree().Keys);
        Assert.DoesNotContain("s3cr3t", await File.ReadAllTextAsync(_folder["set.items.jsonl"]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_run_reads_the_pages_again_and_fetches_only_what_is_new()
    {
        await _hub.DatasetOf("c", "d").DownloadAssetsAsync(_folder.Path);
        _answers["collections/d/items"] = Page("d", "", Item("d", "1"), Item("d", "2"));
        _hub.FileRequests.Clear();

        var changed = await _hub.DatasetOf("c", "d").DownloadAssetsAsync(_folder.Path);
        var same = await _hub.DatasetOf("c", "d").DownloadAssetsAsync(_folder.Path);

        Assert.Equal((1, 4), (changed.Downloaded, changed.AlreadyThere));
        Assert.Equal(["/d/2/B02.tif"], _hub.FileRequests);
        Assert.Equal((0, 5), (same.Downloaded, same.AlreadyThere));
    }

    [Fact]
    public async Task A_collection_whose_items_are_missing_is_an_error_and_not_an_incomplete_selection()
    {
        await _hub.DatasetOf("c").DownloadAssetsAsync(_folder.Path);
        var tree = _folder.Tree();

        await Assert.ThrowsAsync<EntityDoesNotExistException>(() => _hub.DatasetOf("c", "missing").DownloadAssetsAsync(_folder.Path));

        Assert.Equal(tree, _folder.Tree());
    }

    [Fact]
    public async Task A_dataset_without_catalogue_and_collections_does_not_exist() =>
        await Assert.ThrowsAsync<EntityDoesNotExistException>(() => _hub.DatasetOf().DownloadAssetsAsync(_folder.Path));

    private static string Page(string collection, string space, params string[] features) =>
        $$"""{"type": "FeatureCollection", "features": [{{space}}{{string.Join(",", features)}}], "links": [], "collection": "{{collection}}"}""";

    private static string Item(string collection, string id) => $$"""
        {"type": "Feature", "id": "{{id}}", "collection": "{{collection}}",
         "geometry": null, "properties": {"datetime": null}, "links": [ {"rel": "self", "href": "https://hub.test/mlhub/v1/collections/{{collection}}/items/{{id}}?key=s3cr3t"} ],
         "assets": {"B02": {"href": "https://files.test/{{collection}}/{{id}}/B02.tif"} } }
        """;
}
