using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Xunit;

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

    // macOS takes each pair for one name.
    [Theory]
    [InlineData("caf\u00E9", "cafe\u0301")]
    [InlineData("\u00C5", "\u212B")]
    [InlineData("\uAC00", "\u1100\u1161")]
    [InlineData("\u8C48", "\uF900")]
    [InlineData("q\u0307\u0323", "q\u0323\u0307")]
    public async Task Two_keys_that_Unicode_takes_for_one_get_two_names(string first, string second)
    {
        Serve("https://s.example/1.tif", "https://s.example/2.tif");

        AllSucceeded(await DownloadAsync([ItemJson("i", (first, "https://s.example/1.tif"), (second, "https://s.example/2.tif"))]));

        Assert.Equal(["https://s.example/1.tif", "https://s.example/2.tif"], Files.Select(SourceOf).Order());
        Assert.Contains(Files, file => file.Contains('~', StringComparison.Ordinal));
    }

    [Property(MaxTest = 10)]
    public async Task Each_asset_gets_its_own_file_in_the_directory_for_any_names_from_the_server(DoNotSize<int> seed)
    {
        string[] parts =
        [
            "..", ".", "/", "\\", "a", "A", "b", " ", "~", "CON", "nul", "COM1", ":", "\0", "\n", "\u202e", "é", "e\u0301", "ß", "SS", "ı", "I", ".tif", ".", "%2e%2e", "%2F", "$HOME", "-rf", "*",
            new string('x', 150), new string('ü', 130), ".mlhub-part", ".mlhub-lock", "_common", "readme", "~1f0c52aa", "C:", "//", "|", "\ud83d\ude00",
        ];
        var random = new Random(seed.Item);
        var names = Enumerable.Range(0, 3).Select(_ => Name()).Distinct().ToArray();
        var number = 0;
        var items = names.SelectMany(id => names.Take(2).Select(collection => ItemJson(id, collection, [.. names.Append("k").Select(key => (key, (JsonNode?)$"https://s.example/{++number}.tif"))]))).ToArray();
        var urls = Enumerable.Range(1, number).Select(one => $"https://s.example/{one}.tif").ToArray();
        Serve(urls);

        var outcomes = await DownloadAsync(items);

        // As many files as assets lie in the directory: none lies outside, and none was overwritten.
        AllSucceeded(outcomes);
        Assert.Equal(urls.Order(), Files.Select(SourceOf).Order());
        Assert.Equal(Files.Length, Files.Distinct(StringComparer.OrdinalIgnoreCase).Count());
        Assert.All(Files, file => Assert.Equal(3, file.Split('/').Length));
        Assert.All(Files.SelectMany(file => file.Split('/')), part => Assert.DoesNotMatch(@"^\.|[. ]$|[\x00-\x1f\\:*?""<>|]|^(?i:con|nul|com1)(\.|$)|\.mlhub-", part));
        Directory.Delete(Output, recursive: true);
        Directory.CreateDirectory(Output);

        string Name() => string.Concat(Enumerable.Range(0, random.Next(1, 5)).Select(_ => parts[random.Next(parts.Length)]));
    }

    // A server can find out eight digits and use them as a name.
    [Fact]
    public async Task An_item_whose_tagged_name_is_taken_gets_another_name()
    {
        Serve("https://s.example/1.tif", "https://s.example/2.tif", "https://s.example/3.tif");
        await DownloadAsync([ItemJson("I", ("k", "https://s.example/1.tif")), ItemJson("i", ("k", "https://s.example/2.tif"))]);
        var tagged = Assert.Single(Files, file => file.Contains('~', StringComparison.Ordinal)).Split('/')[1];
        Directory.Delete(Output, recursive: true);

        var outcomes = await DownloadAsync(
            [ItemJson(tagged, ("k", "https://s.example/3.tif")), ItemJson("I", ("k", "https://s.example/1.tif")), ItemJson("i", ("k", "https://s.example/2.tif"))]);

        AllSucceeded(outcomes);
        Assert.Equal(["https://s.example/1.tif", "https://s.example/2.tif", "https://s.example/3.tif"], Files.Select(SourceOf).Order());
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
