using System.Text.Json;

namespace MlHub.Cli.Tests;

public sealed class AssetTests(SandboxFixture hub) : IClassFixture<SandboxFixture>, IDisposable
{
    private const string S2 = "sandbox_crops_kenya_s2";
    private const string First = "sandbox_crops_kenya_s2_tile_01_20190904";
    private const string Second = "sandbox_crops_kenya_s2_tile_02_20190904";
    private const string Model = "sandbox-crop-classifier-unet-v1";

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Each_item_is_downloaded_to_its_own_folder_and_the_paths_are_printed()
    {
        var outcome = await DownloadAsync("items", S2, First, Second, "--asset", "B02", "--asset", "B04");

        Assert.Equal([$"{S2}/{First}/B02.tif", $"{S2}/{First}/B04.tif", $"{S2}/{Second}/B02.tif", $"{S2}/{Second}/B04.tif"], _directory.Files);
        Assert.Equal(_directory.Files.Select(file => _directory[file]), outcome.Quietly().Lines.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Without_an_item_all_items_of_the_collection_are_downloaded()
    {
        var outcome = await DownloadAsync("items", S2, "--asset", "B02", "--concurrency", "4");

        Assert.Equal(24, outcome.Quietly().Lines.Length);
        Assert.Equal(24, _directory.Files.Length);
        Assert.Equal(24, _directory.Files.Select(File).Distinct().Count());

        string File(string file) => Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(System.IO.File.ReadAllBytes(_directory[file])));
    }

    [Fact]
    public async Task A_second_run_skips_everything_and_says_so()
    {
        await DownloadAsync("items", S2, First);
        var count = _directory.Files.Length;

        var second = await DownloadAsync("items", S2, First);

        Assert.Equal(0, second.ExitCode);
        Assert.Equal($"nothing to do: all {count} files are already there", second.ErrorLines[^1]);
    }

    [Fact]
    public async Task A_model_is_downloaded_with_all_its_files()
    {
        var outcome = await DownloadAsync("models", Model, "--format", "jsonl");

        Assert.All(_directory.Files, file => Assert.Contains($"/{Model}/inferencing-", file, StringComparison.Ordinal));
        Assert.Equal(
            _directory.Files.Select(file => _directory[file]),
            outcome.Quietly().Lines.Select(line => JsonDocument.Parse(line).RootElement.GetProperty("path").GetString()!).Order(StringComparer.Ordinal));
        Assert.Equal(2, _directory.Files.Length);
    }

    [Theory]
    [InlineData("items", S2, First, "nope")]
    [InlineData("models", Model, "nope")]
    public async Task A_missing_item_among_others_ends_with_5(params string[] args)
    {
        var outcome = await DownloadAsync(args[0], args[1..]);

        Assert.Equal(5, outcome.ExitCode);
        Assert.Matches("^mlhub: there is no (model|item) \"nope\" .*\\(404, ", outcome.ErrorLines[0]);
        Assert.NotEmpty(_directory.Files);
    }

    [Theory]
    [InlineData("items", "nope")]
    [InlineData("items", S2, "nope")]
    [InlineData("models", "nope")]
    [InlineData("models", "nope", "neither")]
    public async Task A_single_missing_item_ends_with_4(params string[] args)
    {
        Assert.Equal(4, (await DownloadAsync(args[0], args[1..])).ExitCode);
        Assert.Empty(_directory.Files);
    }

    [Theory]
    [InlineData()]
    [InlineData("--dry-run")]
    public async Task An_asset_key_that_no_item_has_ends_with_4_and_lists_the_existing_keys(params string[] more)
    {
        var line = (await DownloadAsync("items", [S2, "--asset", "B99", .. more])).FailedWith(4);

        Assert.Equal("mlhub: no item has an asset with the key of --asset (B99): the existing keys are B02, B03, B04, B08", line);
    }

    [Fact]
    public async Task A_failed_asset_is_named_by_its_item_and_key_and_the_others_are_downloaded()
    {
        using var fake = new FakeHub();
        fake.Answers("files/1.txt", "one", contentType: "text/plain").Answers("collections/c/items/i", $$"""
            {"id": "i", "type": "Feature", "collection": "c", "geometry": null, "properties": {}, "links": [],
             "assets": {"good": {"href": "{{fake.RootUrl}}files/1.txt"}, "gone": {"href": "{{fake.RootUrl}}files/2.txt"}, "odd": {"href": "docker://x/y"} } }
            """);

        var outcome = await fake.RunAsync("items", "download", "c", "i", "-o", _directory.Path);

        Assert.Equal(5, outcome.ExitCode);
        Assert.Equal([_directory["c/i/good.txt"]], outcome.Lines);
        Assert.Single(outcome.ErrorLines, line => line.StartsWith("mlhub: i/gone: ", StringComparison.Ordinal));
        Assert.Single(outcome.ErrorLines, line => line.StartsWith("mlhub: i/odd: ", StringComparison.Ordinal));
        Assert.StartsWith("mlhub: 2 failed, 1 file is downloaded", outcome.ErrorLines[^1], StringComparison.Ordinal);
    }

    private Task<Outcome> DownloadAsync(string what, params string[] args) => hub.RunAsync([what, "download", .. args, "--output", _directory.Path]);
}
