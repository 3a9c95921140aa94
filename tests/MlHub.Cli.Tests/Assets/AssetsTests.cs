using System.Text.Json;

namespace MlHub.Cli.Tests;

public sealed class AssetsTests(SandboxFixture hub) : IClassFixture<SandboxFixture>, IDisposable
{
    private const string Dataset = "sandbox_assets_world";
    private const string Scenes = "sandbox_assets_world_scenes";

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_list_has_a_line_for_each_asset()
    {
        var outcome = await hub.RunAsync("assets", "list", Dataset, "--collection", $"{Scenes}:image,B04", "--datetime", "2021-03-01/2021-06-30");

        Assert.Equal(
            [
                $"{Scenes}\tscene_1\tB04\t2021-03-01T08:00:00Z\t\t{Scenes}/scene_1/B04.tif",
                $"{Scenes}\tscene_1\timage\t2021-03-01T08:00:00Z\t\t{Scenes}/scene_1/image.tif",
                $"{Scenes}\tscene_2\tB04\t2021-06-01T00:00:00Z/2021-06-30T00:00:00Z\t\t{Scenes}/scene_2/B04.tif",
                $"{Scenes}\tscene_2\timage\t2021-06-01T00:00:00Z/2021-06-30T00:00:00Z\t\t{Scenes}/scene_2/image.tif",
            ],
            outcome.Quietly().Lines.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_list_can_be_JSON_lines_or_GeoJSON()
    {
        var lines = (await hub.RunAsync("assets", "list", Dataset, "--key", "image", "--format", "jsonl")).Quietly().Lines;
        var collection = JsonDocument.Parse((await hub.RunAsync("assets", "list", Dataset, "--key", "image", "--format", "geojson")).Quietly().Output).RootElement;

        Assert.Equal(5, lines.Length);
        Assert.All(lines, line => Assert.Equal("image", JsonDocument.Parse(line).RootElement.GetProperty("key").GetString()));
        Assert.Equal("FeatureCollection", collection.GetProperty("type").GetString());
        Assert.Equal(5, collection.GetProperty("features").GetArrayLength());
        Assert.Equal("MultiPolygon", collection.GetProperty("features")[1].GetProperty("geometry").GetProperty("type").GetString());
    }

    [Fact]
    public async Task A_download_prints_what_became_of_the_assets()
    {
        var outcome = await DownloadAsync("--collection", $"{Scenes}:image", "--format", "json");

        var result = JsonDocument.Parse(outcome.Output).RootElement;
        Assert.Equal(0, outcome.ExitCode);
        Assert.Equal((5, 5, 0), (result.GetProperty("selected").GetInt32(), result.GetProperty("downloaded").GetInt32(), result.GetProperty("failed").GetInt32()));
        Assert.Equal(3, result.GetProperty("refused").GetInt32());
        Assert.All(outcome.ErrorLines, line => Assert.StartsWith("mlhub: warning: left out of the catalogue, because ", line, StringComparison.Ordinal));
        Assert.True(File.Exists(_directory[$"{Dataset}/{Scenes}/scene_1/image.tif"]));

        var second = JsonDocument.Parse((await DownloadAsync("--collection", $"{Scenes}:image", "--format", "json")).Output).RootElement;
        Assert.Equal((0, 5), (second.GetProperty("downloaded").GetInt32(), second.GetProperty("alreadyThere").GetInt32()));
    }

    [Fact]
    public async Task A_missing_asset_is_reported_and_the_others_are_downloaded()
    {
        var outcome = await DownloadAsync("--key", "B04", "-q");

        Assert.Equal(5, outcome.ExitCode);
        Assert.Equal($"mlhub: 1 of 3 assets of '{Dataset}' could not be downloaded: '{_directory[$"{Dataset}/err_report.csv"]}' lists them. Run the download again to try only those.", Assert.Single(outcome.ErrorLines));
        Assert.Contains("Downloaded\t2", outcome.Lines);
    }

    [Fact]
    public async Task Assets_can_be_stored_apart_from_the_catalogue()
    {
        var assets = _directory["elsewhere"];

        await DownloadAsync("--key", "raw", "--asset-output", assets);

        Assert.True(File.Exists(Path.Combine(assets, Dataset, Scenes, "scene_3", "raw")));
        Assert.True(File.Exists(Path.Combine(assets, Dataset, "mlhub_stac_assets.db")));
        Assert.True(File.Exists(_directory[$"{Dataset}/{Scenes}/scene_3/scene_3.json"]));
        Assert.False(File.Exists(_directory[$"{Dataset}/mlhub_stac_assets.db"]));
    }

    [Fact]
    public async Task A_dry_run_counts_files_and_creates_none()
    {
        var outcome = await DownloadAsync("--key", "image", "--dry-run", "--format", "jsonl");

        Assert.Equal(0, outcome.ExitCode);
        Assert.Equal(
            [$$"""{"id":"{{Scenes}}","files":5,"bytes":0,"filesOfUnknownSize":5}""", """{"filter":"--key","files":9,"bytes":0,"filesOfUnknownSize":9}"""],
            outcome.Lines);
        Assert.Empty(_directory.Files);
    }

    [Theory]
    [InlineData("has no collection 'nothing'. It has: sandbox_assets_world_labels, sandbox_assets_world_scenes.", "--collection", "nothing")]
    [InlineData("The dataset 'sandbox_assets_world' has no asset 'B99'", "--key", "B99")]
    [InlineData("south lies above its north", "--bbox", "0,2,1,1")]
    [InlineData("is not a bounding box", "--bbox", "0,0,0,1,1")]
    [InlineData("ends before it begins", "--datetime", "2021-02-01/2021-01-01")]
    [InlineData("--intersects: there is no file '/does/not/exist.geojson'.", "--intersects", "/does/not/exist.geojson")]
    [InlineData("because it is not JSON", "--intersects", "/etc/passwd")]
    [InlineData("--concurrency must be a whole number from 1 to 256", "--concurrency", "0")]
    [InlineData("only for \"mlhub assets list\"", "--format", "geojson")]
    [InlineData("only for \"mlhub assets list\"", "--format", "stac-geoparquet")]
    [InlineData("has the unknown field {band}. It must be a relative path with some of these fields: {dataset}, {collection}", "--layout", "{band}/{item}")]
    [InlineData("leads out of the directory", "--layout", "../{item}")]
    [InlineData("The file of items '/does/not/exist.json' does not exist", "--items", "/does/not/exist.json")]
    public async Task Wrong_input_is_a_usage_error(string message, params string[] arguments)
    {
        if (arguments.Contains("/etc/passwd") && OperatingSystem.IsWindows())
        {
            return;
        }

        var line = (await DownloadAsync(arguments)).FailedWith(2);

        Assert.Contains(message, line, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_report_that_does_not_exist_is_named() =>
        Assert.Equal("mlhub: there is no report '/does/not/exist.json'.", (await Mlhub.RunAsync("assets", "retry", "/does/not/exist.json")).FailedWith(2));

    [Fact]
    public async Task Files_get_the_paths_of_a_layout_and_a_rewritten_tree_leads_to_them()
    {
        await DownloadAsync("--key", "image", "--layout", "{year}/{item}.{key}{ext}", "--rewrite", "-q");

        Assert.True(File.Exists(_directory[$"{Dataset}/undated/scene_without_time.image.tif"]));
        var item = JsonDocument.Parse(await File.ReadAllTextAsync(_directory[$"{Dataset}/{Scenes}/scene_1/scene_1.json"])).RootElement;
        Assert.Equal("../../2021/scene_1.image.tif", item.GetProperty("assets").GetProperty("image").GetProperty("href").GetString());
    }

    [Fact]
    public async Task Items_come_from_standard_input_and_the_hub_is_not_asked()
    {
        const string Item = """{"type": "Feature", "id": "1", "collection": "c", "properties": {"datetime": null}, "assets": {"B02": {"href": "https://files.test/B02.tif"}}}""";

        var outcome = await hub.RunAsync(Mlhub.Pipe with { Input = new StringReader($"{Item}\nodd\n") }, "assets", "list", "my_area", "--items", "-", "--format", "jsonl");

        Assert.Equal((0, "c/1/B02.tif"), (outcome.ExitCode, JsonDocument.Parse(Assert.Single(outcome.Lines)).RootElement.GetProperty("path").GetString()));
    }

    [Fact]
    public async Task A_table_of_items_goes_to_a_file_or_to_standard_output_but_not_to_a_terminal()
    {
        var file = _directory["items.parquet"];

        var outcome = await hub.RunAsync("assets", "list", Dataset, "--key", "image", "--format", "stac-geoparquet", "--output-file", file);

        Assert.Equal((0, "", $"5 items in {file}"), (outcome.ExitCode, outcome.Output, Assert.Single(outcome.ErrorLines)));
        Assert.StartsWith("PAR1", await File.ReadAllTextAsync(file, System.Text.Encoding.Latin1), StringComparison.Ordinal);
        Assert.Equal([file], Directory.GetFiles(Path.GetDirectoryName(file)!));
        Assert.StartsWith("PAR1", (await hub.RunAsync("assets", "list", Dataset, "--format", "stac-geoparquet")).Output, StringComparison.Ordinal);
        Assert.Contains("--output-file", (await hub.RunAsync(Mlhub.Pipe with { OutputIsTerminal = true }, "assets", "list", Dataset, "--format", "stac-geoparquet")).FailedWith(2), StringComparison.Ordinal);
        Assert.Contains("only for --format stac-geoparquet", (await hub.RunAsync("assets", "list", Dataset, "--output-file", file)).FailedWith(2), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_selection_without_assets_names_the_option()
    {
        var line = (await DownloadAsync("--key", "image", "--bbox", "0,60,1,61")).FailedWith(4);

        Assert.Equal($"mlhub: no asset of '{Dataset}' is left after the filter --bbox: 5 were left before it.", line);
    }

    [Fact]
    public async Task A_dataset_without_a_catalogue_or_that_does_not_exist_is_not_found() =>
        Assert.Contains("\"mlhub datasets list\" lists the existing ones", (await hub.RunAsync("assets", "list", "nothing")).FailedWith(4), StringComparison.Ordinal);

    private Task<Outcome> DownloadAsync(params string[] arguments) => hub.RunAsync(["assets", "download", Dataset, "-o", _directory.Path, .. arguments]);
}
