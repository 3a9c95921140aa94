using System.Text.Json;

namespace MlHub.Cli.Tests;

public sealed class DryRunTests(SandboxFixture hub) : IClassFixture<SandboxFixture>, IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("datasets download sandbox_crops_kenya")]
    [InlineData("collections download sandbox_crops_kenya_s1")]
    [InlineData("archives download sandbox_crops_kenya_s1 sandbox_crops_kenya_s2")]
    [InlineData("catalogs download sandbox_crops_kenya")]
    [InlineData("items download sandbox_crops_kenya_s2 --asset B02")]
    [InlineData("items download sandbox_crops_kenya_s2 sandbox_crops_kenya_s2_tile_01_20190904")]
    [InlineData("items download sandbox_crops_kenya_labels")]
    [InlineData("models download sandbox-crop-classifier-unet-v1")]
    public async Task A_dry_run_shows_the_count_and_the_bytes_of_the_download(string command)
    {
        string[] args = [.. command.Split(' '), "--output", _directory["there"]];

        var dry = await hub.RunAsync([.. args, "--dry-run", "--format", "jsonl"]);

        Assert.Equal(0, dry.ExitCode);
        Assert.Empty(Directory.GetFileSystemEntries(_directory.Path));
        await hub.RunAsync(args);
        var rows = dry.Lines.Select(line => JsonDocument.Parse(line).RootElement).ToArray();
        Assert.All(rows, row => Assert.Equal(["id", "files", "bytes", "filesOfUnknownSize"], row.EnumerateObject().Select(property => property.Name)));
        Assert.Equal(_directory.Files.Length, rows.Sum(row => row.GetProperty("files").GetInt64()));
        Assert.Equal(_directory.Files.Sum(file => new FileInfo(_directory[file]).Length), rows.Sum(row => row.GetProperty("bytes").GetInt64()));
        Assert.All(rows, row => Assert.Equal(0, row.GetProperty("filesOfUnknownSize").GetInt64()));
    }

    [Fact]
    public async Task A_terminal_shows_units_and_a_pipe_gets_bytes()
    {
        var outcome = await hub.RunAsync("datasets", "download", SandboxFixture.Dataset, "--output", _directory.Path, "--dry-run");
        var shown = await hub.RunAsync(Mlhub.Terminal, "datasets", "download", SandboxFixture.Dataset, "--output", _directory.Path, "--dry-run");

        Assert.Matches(@"^sandbox_crops_kenya\t3\t[0-9]{7,}\n$", outcome.Output);
        Assert.Matches(@"sandbox_crops_kenya +.* [0-9.]+ MB", shown.Output);
        Assert.Matches("^dry run: 3 files, [0-9.]+ MB; nothing was downloaded\n$", outcome.Error);
    }

    [Fact]
    public async Task A_dry_run_of_a_mirror_counts_its_archives_and_assets()
    {
        string[] args = ["mirror", SandboxFixture.Dataset, "--output", _directory["there"]];

        var dry = await hub.RunAsync([.. args, "--dry-run", "--format", "jsonl"]);

        Assert.Equal(0, dry.ExitCode);
        Assert.Empty(Directory.GetFileSystemEntries(_directory.Path));
        var row = JsonDocument.Parse(Assert.Single(dry.Lines)).RootElement;
        Assert.Equal(["id", "files", "bytes", "filesOfUnknownSize"], row.EnumerateObject().Select(property => property.Name));
        var mirrored = JsonDocument.Parse(Assert.Single((await hub.RunAsync([.. args, "--format", "jsonl"])).Lines)).RootElement;
        Assert.Equal(mirrored.GetProperty("assets").GetInt64() + mirrored.GetProperty("archives").GetInt64(), row.GetProperty("files").GetInt64());
    }

    [Theory]
    [InlineData(""" "file:size": 2000000 """, """ "file:size": 3000000 """, "dry run: 2 files, 5 MB; nothing was downloaded")]
    [InlineData(""" "file:size": 2000000 """, """ "file:size": null """, "dry run: 2 files, at least 2 MB (the size of 1 is unknown); nothing was downloaded")]
    [InlineData(""" "title": "a" """, """ "title": "b" """, "dry run: 2 files, size unknown; nothing was downloaded")]
    public async Task A_dry_run_says_how_many_sizes_are_unknown(string first, string second, string said)
    {
        await File.WriteAllTextAsync(_directory["items.json"], $$$"""
            {"type": "Feature", "id": "i", "assets": {"a": {"href": "http://127.0.0.1:9/a.tif", {{{first}}} }, "b": {"href": "http://127.0.0.1:9/b.tif", {{{second}}} } } }
            """);

        var outcome = await Mlhub.RunAsync("assets", "download", "area", "--items", _directory["items.json"], "--output", _directory["there"], "--dry-run");

        Assert.Equal((0, said + "\n"), (outcome.ExitCode, outcome.Error));
        Assert.Equal(["items.json"], _directory.Files);
    }

    [Fact]
    public async Task A_dry_run_requests_the_size_of_any_URL()
    {
        var url = $"{hub.RootUrl.GetLeftPart(UriPartial.Authority)}/storage/mlhub/assets/sandbox_crops_kenya_s2/sandbox_crops_kenya_s2_tile_01_20190904/B02.tif";

        var outcome = await Mlhub.RunAsync("download", $"{url}?token=s3cret", "-o", _directory["there"], "--dry-run", "--format", "json");

        Assert.Equal(0, outcome.ExitCode);
        var row = Assert.Single(JsonDocument.Parse(outcome.Output).RootElement.EnumerateArray());
        Assert.Equal(url, row.GetProperty("id").GetString());
        Assert.True(row.GetProperty("bytes").GetInt64() > 1000);
        Assert.Empty(Directory.GetFileSystemEntries(_directory.Path));
    }

    [Fact]
    public async Task A_missing_archive_is_reported_with_the_exit_code_of_the_download()
    {
        var outcome = await hub.RunAsync("datasets", "download", SandboxFixture.HalfDataset, "-o", _directory.Path, "--dry-run", "--format", "jsonl");

        Assert.Equal(5, outcome.ExitCode);
        Assert.Equal("mlhub: sandbox_storms_pacific_forecast: the collection has no archive", outcome.ErrorLines[0]);
        Assert.Equal(1, JsonDocument.Parse(outcome.Output).RootElement.GetProperty("files").GetInt64());
    }

    [Theory]
    [InlineData("archives", 4)]
    [InlineData("datasets", 4)]
    [InlineData("catalogs", 4)]
    public async Task A_dry_run_of_a_missing_entity_fails_like_the_download(string what, int exitCode)
    {
        (await hub.RunAsync(what, "download", "nope", "-o", _directory.Path, "--dry-run")).FailedWith(exitCode);
        Assert.Equal(5, (await hub.RunAsync(what, "download", "nope", what == "archives" ? "sandbox_crops_kenya_s1" : "sandbox_crops_kenya", "-o", _directory.Path, "--dry-run")).ExitCode);
    }
}
