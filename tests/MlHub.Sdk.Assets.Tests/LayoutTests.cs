using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Xunit;

namespace MlHub.Sdk.Assets.Tests;

/// <summary>Where a template puts the assets.</summary>
public sealed class LayoutTests : IDisposable
{
    private readonly Folder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_fields_of_a_template_are_those_of_the_asset_and_of_its_items_time()
    {
        var hub = new FakeHub(new Catalogue()
            .AddCollection("c", "legend")
            .AddItem("c", "1", ["B02", "readme"], item => item["properties"]!["datetime"] = "2021-03-04T23:30:00-01:00")
            .AddItem("c", "2", ["B02"], item => item["properties"] = new JsonObject { ["datetime"] = null, ["start_datetime"] = "2020-02-01T00:00:00Z", ["end_datetime"] = "2020-02-09T00:00:00Z" })
            .AddItem("c", "3", ["raw"], item =>
            {
                item["properties"]!["datetime"] = null;
                item["collection"] = null;
                item["assets"]!["raw"] = new JsonObject { ["href"] = "https://files.test/raw" };
            }));

        Assert.Equal(
            ["_none/undated/undated/3.raw", "c/2020/2020-02-01/2.B02.tif", "c/2021/2021-03-05/1.B02.tif", "c/undated/undated/_collection.legend.tif", "c/undated/undated/_common.readme.tif"],
            await PathsAsync(hub, "{collection}/{year}/{date}/{item}.{key}{ext}"));
        Assert.Equal(["set-02-01", "set-03-05", "set-undated-undated"], (await PathsAsync(hub, "{dataset}-{month}-{day}/{item}{key}")).Select(path => path.Split('/')[0]).Distinct());
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("{band}/{item}", "has the unknown field {band}")]
    [InlineData("{item", "brace")]
    [InlineData("../{item}", "leads out of the directory")]
    [InlineData("/data/{item}", "leads out of the directory")]
    [InlineData("{item}//{key}", "empty part")]
    [InlineData("./{item}", "empty part")]
    [InlineData("C:\\{item}", "not allowed in file names")]
    [InlineData("all.tif", "has no field")]
    public async Task A_template_that_cannot_be_used_is_refused_with_the_fields_that_can(string layout, string problem)
    {
        var hub = new FakeHub(new Catalogue().AddItem("c", "1", "B02"));

        var error = await Assert.ThrowsAsync<ArgumentException>(() => hub.Dataset().DownloadAssetsAsync(_folder.Path, new DatasetAssetsOptions { Layout = layout }));

        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
        Assert.Contains("{dataset}, {collection}, {item}, {key}, {ext}, {year}, {month}, {day}, {date}", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Parent));
    }

    [Fact]
    public async Task Assets_that_would_get_the_same_path_as_an_asset_or_a_STAC_file_get_different_paths()
    {
        var hub = new FakeHub(new Catalogue()
            .AddItem("c", "1", "B02", "B03", "b02")
            .AddItem("c", "2", ["x"], item => item["assets"]!["x"]!["href"] = "https://files.test/x.json"))
        {
            Instead = url => url.AbsolutePath == "/x.json" ? FakeHub.Whole("{}"u8.ToArray(), "application/json") : null,
        };

        await hub.Dataset().DownloadAssetsAsync(_folder.Path, new DatasetAssetsOptions { Layout = "{collection}/{item}/{item}{ext}" });

        var files = _folder.Tree().Keys.ToArray();
        Assert.Equal(3, files.Count(file => file.StartsWith("set/c/1/1", StringComparison.Ordinal) && file.EndsWith(".tif", StringComparison.Ordinal)));
        Assert.Contains("set/c/1/1.tif", files);
        Assert.Contains("Feature", await File.ReadAllTextAsync(_folder["set/c/2/2.json"]), StringComparison.Ordinal);
        Assert.Single(files, file => file.StartsWith("set/c/2/2~", StringComparison.Ordinal) && file.EndsWith(".json", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_asset_without_extension_does_not_take_the_name_of_a_folder()
    {
        var hub = new FakeHub(new Catalogue().AddItem("c", "1", ["raw"], item => item["assets"]!["raw"] = new JsonObject { ["href"] = "https://files.test/raw" }));

        var result = await hub.Dataset().DownloadAssetsAsync(_folder.Path, new DatasetAssetsOptions { Layout = "{collection}/{item}{ext}" });

        Assert.Equal(1, result.Downloaded);
        Assert.Single(_folder.Tree().Keys, file => file.StartsWith("set/c/1~", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_new_layout_in_the_same_directory_downloads_only_files_whose_path_changes()
    {
        var hub = new FakeHub(new Catalogue().AddCollection("c", "legend").AddItem("c", "1", "B02"));
        await hub.Dataset().DownloadAssetsAsync(_folder.Path, new DatasetAssetsOptions { Layout = "{collection}/{key}{ext}" });
        hub.FileRequests.Clear();

        var usual = await hub.Dataset().DownloadAssetsAsync(_folder.Path);
        var again = await hub.Dataset().DownloadAssetsAsync(_folder.Path);

        Assert.Equal((1, 1), (usual.Downloaded, usual.AlreadyThere));
        Assert.Equal(["/c/1/B02.tif"], hub.FileRequests);
        Assert.Equal((0, 2), (again.Downloaded, again.AlreadyThere));
    }

    /// <summary>Whatever ids and keys a hub sends, and whatever template: every asset gets a path of its own, inside.</summary>
    [Property(MaxTest = 50)]
    public async Task No_two_assets_get_the_same_path_and_no_path_leaves_the_directory(DoNotSize<int> seed)
    {
        var random = new Random(seed.Item);
        string[] names = ["a", "A", "a/b", "..", ".", "a.tif", "é", "e\u0301", "CON", "a b ", "{key}", "1", "catalog.json"];
        string[] parts = ["{dataset}", "{collection}", "{item}", "{key}", "{ext}", "{year}", "{date}", "x", "-", "{item}{ext}", "{key}{ext}"];
        var catalogue = new Catalogue();
        for (var number = 0; number < 8; number++)
        {
            var (collection, id) = (names[random.Next(names.Length)], names[random.Next(names.Length)]);
            catalogue.Add($"set/{number}.json", new JsonObject
            {
                ["type"] = "Feature",
                ["id"] = id,
                ["collection"] = collection,
                ["properties"] = new JsonObject { ["datetime"] = random.Next(2) == 0 ? null : "2020-01-01T00:00:00Z" },
                ["assets"] = new JsonObject(names.Where(_ => random.Next(3) == 0).Select(key => KeyValuePair.Create<string, JsonNode?>(key, new JsonObject { ["href"] = $"https://files.test/{number}/{Uri.EscapeDataString(key)}" }))),
            }.ToJsonString());
        }

        var layout = string.Join('/', Enumerable.Range(0, random.Next(1, 4)).Select(_ => parts[random.Next(parts.Length)])) + "/{item}";
        string[] paths;
        try
        {
            paths = await PathsAsync(new FakeHub(catalogue), layout);
        }
        catch (NoAssetsSelectedException)
        {
            return;
        }

        Assert.Equal(paths.Length, paths.Select(path => path.ToUpperInvariant()).Distinct().Count());
        Assert.All(paths, path => Assert.DoesNotContain(path.Split('/'), part => part is "" or "." or ".."));
        Assert.DoesNotContain(paths, path => Path.IsPathRooted(path));
        Assert.All(paths, path => Assert.DoesNotContain(paths, other => other.StartsWith(path + "/", StringComparison.OrdinalIgnoreCase)));
    }

    private static async Task<string[]> PathsAsync(FakeHub hub, string layout) =>
        [.. (await hub.Dataset().ListAssetsAsync(new DatasetAssetsOptions { Layout = layout }).ToListAsync()).Select(asset => asset.Path).Order(StringComparer.Ordinal)];
}
