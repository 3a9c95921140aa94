using System.Text.Json.Nodes;

namespace MlHub.Sdk.Tests.Assets;

public sealed class LayoutTests : AssetTest
{
    [Fact]
    public async Task Two_items_with_the_same_file_name_get_separate_files()
    {
        Serve("https://s.example/1/B02.tif", "https://s.example/2/B02.tif");

        var outcomes = await DownloadAsync([ItemJson("one", ("B02", "https://s.example/1/B02.tif")), ItemJson("two", ("B02", "https://s.example/2/B02.tif"))]);

        AllSucceeded(outcomes);
        Assert.Equal(["c/one/B02.tif", "c/two/B02.tif"], Files);
        Assert.Equal("https://s.example/1/B02.tif", SourceOf("c/one/B02.tif"));
        Assert.Equal("https://s.example/2/B02.tif", SourceOf("c/two/B02.tif"));
    }

    [Theory]
    [InlineData("https://s.example/x.TIF", null, ".TIF")]
    [InlineData("https://s.example/x.tif?sig=a.b", "image/png", ".tif")]
    [InlineData("https://s.example/x.tar.gz", null, ".tar.gz")]
    [InlineData("https://s.example/labels.geojson.gz", null, ".geojson.gz")]
    [InlineData("https://s.example/v1.2.gz", null, ".gz")]
    [InlineData("https://s.example/S2A_20190721T000000.SAFE.zip", null, ".zip")]
    [InlineData("https://s.example/17", "image/tiff; application=geotiff; profile=cloud-optimized", ".tif")]
    [InlineData("https://s.example/get.php", "application/geo+json", ".geojson")]
    [InlineData("https://s.example/17", "application/octet-stream", "")]
    [InlineData("https://s.example/17", null, "")]
    [InlineData("https://s.example/", null, "")]
    public async Task The_extension_comes_from_the_address_or_the_media_type(string url, string? type, string extension)
    {
        Serve(url);

        AllSucceeded(await DownloadAsync([ItemJson("i", ("key", new JsonObject { ["href"] = url, ["type"] = type }))]));

        Assert.Equal([$"c/i/key{extension}"], Files);
    }

    [Fact]
    public async Task A_file_that_all_items_share_is_stored_once()
    {
        Serve("https://s.example/readme.pdf", "https://s.example/1.tif", "https://s.example/2.tif");

        var outcomes = await DownloadAsync(
            [
                ItemJson("one", ("documentation", "https://s.example/readme.pdf"), ("B02", "https://s.example/1.tif")),
                ItemJson("two", ("documentation", "https://s.example/readme.pdf"), ("B02", "https://s.example/2.tif")),
            ]);

        AllSucceeded(outcomes);
        Assert.Equal(["c/_common/documentation.pdf", "c/one/B02.tif", "c/two/B02.tif"], Files);
        Assert.Equal(3, outcomes.Count);
    }

    [Fact]
    public async Task A_common_key_with_another_address_gets_its_own_path()
    {
        Serve("https://s.example/1/readme.pdf", "https://s.example/2/readme.pdf");

        AllSucceeded(await DownloadAsync([ItemJson("one", ("readme", "https://s.example/1/readme.pdf")), ItemJson("two", ("readme", "https://s.example/2/readme.pdf"))]));

        Assert.Equal(2, Files.Length);
        Assert.Equal("https://s.example/1/readme.pdf", SourceOf("c/_common/readme.pdf"));
        Assert.All(Files, file => Assert.Matches("^c/_common/readme(~[0-9a-f]{8})?\\.pdf$", file));
    }

    [Theory]
    [InlineData("a/b", "a:b")]
    [InlineData("a", "A")]
    [InlineData("..", ".")]
    [InlineData("", " ")]
    [InlineData("x.tif", "x")]
    [InlineData("name.", "name")]
    public async Task Two_keys_with_the_same_path_get_two_paths(string first, string second)
    {
        // The second has no extension in its address, so that x.tif and x + .tif meet.
        var (firstUrl, secondUrl) = first == "x.tif" ? ("https://s.example/1", "https://s.example/2.tif") : ("https://s.example/1.tif", "https://s.example/2.tif");
        Serve(firstUrl, secondUrl);

        AllSucceeded(await DownloadAsync([ItemJson("i", (first, firstUrl), (second, secondUrl))]));

        Assert.Equal([firstUrl, secondUrl], Files.Select(SourceOf).Order());
        Assert.Equal(2, Files.Distinct(StringComparer.OrdinalIgnoreCase).Count());
    }

    [Theory]
    [InlineData("a/b", "a:b")]
    [InlineData("Tile", "tile")]
    [InlineData("_common", "_Common")]
    public async Task Two_items_with_the_same_folder_name_get_two_folders(string first, string second)
    {
        Serve("https://s.example/1.tif", "https://s.example/2.tif", "https://s.example/readme.pdf");

        var outcomes = await DownloadAsync(
            [ItemJson(first, ("k", "https://s.example/1.tif"), ("readme", "https://s.example/readme.pdf")), ItemJson(second, ("k", "https://s.example/2.tif"))]);

        AllSucceeded(outcomes);
        Assert.Equal(["https://s.example/1.tif", "https://s.example/2.tif", "https://s.example/readme.pdf"], Files.Select(SourceOf).Order());
        Assert.Equal(3, Files.Select(Path.GetDirectoryName).Distinct(StringComparer.OrdinalIgnoreCase).Count());
    }

    [Fact]
    public async Task Two_different_items_with_one_id_get_two_folders_and_a_repeated_item_gets_one()
    {
        Serve("https://s.example/1.tif", "https://s.example/2.tif");
        var item = ItemJson("i", ("k", "https://s.example/1.tif"));

        var outcomes = await DownloadAsync([item, item, ItemJson("i", ("k", "https://s.example/2.tif"))]);

        AllSucceeded(outcomes);
        Assert.Equal(2, outcomes.Count);
        Assert.Equal(["https://s.example/1.tif", "https://s.example/2.tif"], Files.Select(SourceOf).Order());
    }

    [Theory]
    [InlineData("../../out", "../../../out")]
    [InlineData("/etc", "/etc/passwd")]
    [InlineData("C:\\out", "..\\..\\out")]
    [InlineData("CON", "nul")]
    [InlineData("..", "..")]
    [InlineData("a\0b", "a\nb\u202e")]
    [InlineData("B02.tif.mlhub-lock", "B02.mlhub-part")]
    public async Task Every_path_is_safe_and_inside_the_directory(string id, string key)
    {
        Serve("https://s.example/1.tif");

        AllSucceeded(await DownloadAsync([ItemJson(id, id, (key, "https://s.example/1.tif"))]));

        var parts = Assert.Single(Files).Split('/');
        Assert.Equal(3, parts.Length);
        Assert.All(parts, part => Assert.Matches("^[A-Za-z0-9_.-]+~[0-9a-f]{8}(\\.tif)?$", part));
        Assert.Empty(Directory.GetFiles(Path.GetDirectoryName(Output)!, "out*"));
    }

    [Fact]
    public async Task Overlong_names_are_shortened_and_stay_different()
    {
        Serve("https://s.example/1.tif", "https://s.example/2.tif");
        var name = new string('ü', 400);

        AllSucceeded(await DownloadAsync([ItemJson(name, name, ($"{name}1", "https://s.example/1.tif"), ($"{name}2", "https://s.example/2.tif"))]));

        Assert.Equal(["https://s.example/1.tif", "https://s.example/2.tif"], Files.Select(SourceOf).Order());
        Assert.All(Files, file => Assert.EndsWith(".tif", file, StringComparison.Ordinal));
        Assert.Single(Files.Select(Path.GetDirectoryName).Distinct());
    }

    [Fact]
    public async Task A_path_does_not_depend_on_the_other_assets()
    {
        Serve("https://s.example/1.tif", "https://s.example/2.tif");
        var item = ItemJson("i", ("a", "https://s.example/1.tif"), ("A", "https://s.example/2.tif"));
        await DownloadAsync([item]);
        var all = Files;

        var one = await DownloadAsync([item], new AssetDownloadOptions { Keys = ["a"] });

        Assert.True(Assert.Single(one).Result?.Skipped);
        Assert.Equal(all, Files);
    }

    [Fact]
    public async Task An_item_without_a_collection_gets_its_own_folder()
    {
        Serve("https://s.example/1.tif");

        AllSucceeded(await DownloadAsync([ItemJson("i", collection: null, ("k", "https://s.example/1.tif"))]));

        Assert.Equal(["i/k.tif"], Files);
    }
}
