using System.Text.Json;

namespace MlHub.Cli.Tests;

public sealed class DownloadTests(SandboxFixture hub) : IClassFixture<SandboxFixture>, IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_dataset_is_downloaded_as_the_archives_of_its_collections_and_their_paths_are_printed()
    {
        var outcome = await DownloadAsync("datasets", SandboxFixture.Dataset);

        Assert.Equal(
            ["sandbox_crops_kenya_labels.tar.gz", "sandbox_crops_kenya_s1.tar.gz", "sandbox_crops_kenya_s2.tar.gz"], _directory.Files);
        Assert.Equal(_directory.Files.Select(file => _directory[file]), outcome.Quietly().Lines.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_second_run_skips_everything_and_says_so()
    {
        var first = await DownloadAsync("datasets", SandboxFixture.Dataset);

        var second = await DownloadAsync("datasets", SandboxFixture.Dataset);
        var quiet = await DownloadAsync("datasets", SandboxFixture.Dataset, "--quiet");

        Assert.Equal(0, second.ExitCode);
        Assert.Equal(first.Output, second.Output);
        Assert.Equal(
            [.. first.Lines.Select(path => $"already there, skipped: {path}"), "nothing to do: all 3 files are already there"], second.ErrorLines);
        Assert.Equal(first.Output, quiet.Quietly().Output);
    }

    [Fact]
    public async Task Json_describes_the_result_for_each_file()
    {
        await DownloadAsync("archives", "sandbox_crops_kenya_s1");

        var outcome = await DownloadAsync("datasets", SandboxFixture.Dataset, "--format", "json");

        var results = JsonDocument.Parse(outcome.Output).RootElement.EnumerateArray().ToArray();
        Assert.Equal(3, results.Length);
        Assert.All(results, result => Assert.Equal(
            ["path", "bytes", "resumedFrom", "skipped", "verified"], result.EnumerateObject().Select(property => property.Name)));
        Assert.Equal([false, true, false], results.Select(result => result.GetProperty("skipped").GetBoolean()));
        Assert.Equal(["md5", "length", "md5"], results.Select(result => result.GetProperty("verified").GetString()));
        Assert.All(results, result => Assert.Equal(
            new FileInfo(result.GetProperty("path").GetString()!).Length, result.GetProperty("bytes").GetInt64()));
    }

    [Fact]
    public async Task Json_lines_describe_one_file_on_each_line()
    {
        var outcome = await DownloadAsync("datasets", SandboxFixture.Dataset, "--format", "jsonl");

        Assert.Equal(3, outcome.Quietly().Lines.Length);
        Assert.All(outcome.Lines, line => Assert.Equal(JsonValueKind.Object, JsonDocument.Parse(line).RootElement.ValueKind));
    }

    [Theory]
    [InlineData("collections", "sandbox_crops_kenya_s1", "sandbox_crops_kenya_s1.tar.gz")]
    [InlineData("archives", "sandbox_crops_kenya_s1", "sandbox_crops_kenya_s1.tar.gz")]
    [InlineData("catalogs", "sandbox_crops_kenya", "sandbox_crops_kenya.tar.gz")]
    public async Task Collections_archives_and_catalogues_are_downloaded_in_the_same_way(string what, string id, string file)
    {
        var outcome = await DownloadAsync(what, id, "--connections", "2", "--no-fsync");

        Assert.Equal([_directory[file]], outcome.Quietly().Lines);
        Assert.Equal([file], _directory.Files);
    }

    [Theory]
    [InlineData("collections", "sandbox_crops_kenya_s1", "sandbox_crops_kenya_s1.tar.gz")]
    [InlineData("catalogs", "sandbox_crops_kenya", "sandbox_crops_kenya.tar.gz")]
    public async Task A_tilde_means_the_home_directory_for_all_of_them(string what, string id, string file)
    {
        var outcome = await hub.RunAsync(Mlhub.Pipe with { UserDirectory = _directory.Path }, what, "download", id, "-o", "~/data");

        Assert.Equal([_directory[$"data/{file}"]], outcome.Quietly().Lines);
    }

    [Fact]
    public async Task If_some_of_many_fail_the_exit_code_is_5_and_the_others_are_downloaded()
    {
        var outcome = await DownloadAsync("archives", "nope", "sandbox_crops_kenya_s1");

        Assert.Equal(5, outcome.ExitCode);
        Assert.Equal([_directory["sandbox_crops_kenya_s1.tar.gz"]], outcome.Lines);
        Assert.StartsWith("mlhub: nope: ", outcome.ErrorLines[0], StringComparison.Ordinal);
        Assert.EndsWith("\"mlhub collections list\" lists the existing ones.", outcome.ErrorLines[0], StringComparison.Ordinal);
        Assert.Equal("mlhub: 1 failed, 1 file is downloaded: the same command would fail again", outcome.ErrorLines[1]);
    }

    [Fact]
    public async Task Failed_datasets_and_downloaded_files_are_counted_separately()
    {
        var outcome = await DownloadAsync("datasets", "nope", "sandbox_crops_kenya");

        Assert.Equal("mlhub: 1 failed, 3 files are downloaded: the same command would fail again", outcome.ErrorLines[^1]);
    }

    [Fact]
    public async Task A_dataset_with_a_missing_archive_ends_with_5()
    {
        var outcome = await DownloadAsync("datasets", SandboxFixture.HalfDataset, "--format", "json");

        Assert.Equal(5, outcome.ExitCode);
        Assert.Single(JsonDocument.Parse(outcome.Output).RootElement.EnumerateArray(), file => file.TryGetProperty("path", out _));
        Assert.StartsWith("mlhub: sandbox_storms_pacific_forecast: ", outcome.ErrorLines[0], StringComparison.Ordinal);
        Assert.DoesNotContain(" list", outcome.ErrorLines[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task If_none_of_several_ids_is_found_the_exit_code_is_4()
    {
        Assert.Equal(4, (await DownloadAsync("archives", "nope", "no")).ExitCode);
    }

    [Fact]
    public async Task Skip_keeps_the_file_and_overwrite_downloads_it_again()
    {
        var path = _directory["sandbox_crops_kenya_s1.tar.gz"];
        await File.WriteAllTextAsync(path, "mine");

        var skipped = await DownloadAsync("archives", "sandbox_crops_kenya_s1", "--if-exists", "skip");
        Assert.Equal((0, $"already there, skipped: {path}\n"), (skipped.ExitCode, skipped.Error));
        Assert.Equal("mine", await File.ReadAllTextAsync(path));

        var overwritten = await DownloadAsync("archives", "sandbox_crops_kenya_s1", "--if-exists", "overwrite");
        Assert.Equal(0, overwritten.ExitCode);
        Assert.True(new FileInfo(path).Length > 1000);
    }

    [Fact]
    public async Task A_file_that_cannot_be_completed_is_downloaded_again_and_the_reason_is_reported()
    {
        await File.WriteAllBytesAsync(_directory["sandbox_crops_kenya_s1.tar.gz"], new byte[3_000_000]);

        var outcome = await DownloadAsync("archives", "sandbox_crops_kenya_s1");

        Assert.Equal(0, outcome.ExitCode);
        Assert.Equal(
            $"the download of {hub.RootUrl}archive/sandbox_crops_kenya_s1 restarts: the existing file of 3000000 bytes cannot be completed: it is longer than the remote.",
            Assert.Single(outcome.ErrorLines));
    }

    [Fact]
    public async Task The_reason_is_reported_once_with_verbose_and_never_with_quiet()
    {
        var path = _directory["sandbox_crops_kenya_s1.tar.gz"];
        await File.WriteAllBytesAsync(path, new byte[3_000_000]);
        var verbose = await DownloadAsync("archives", "sandbox_crops_kenya_s1", "--verbose");
        await File.WriteAllBytesAsync(path, new byte[3_000_000]);
        var quiet = await DownloadAsync("archives", "sandbox_crops_kenya_s1", "--quiet");

        Assert.Single(verbose.ErrorLines, line => line.Contains("longer than the remote", StringComparison.Ordinal));
        quiet.Quietly();
    }

    [Theory]
    [InlineData("json")]
    [InlineData("jsonl")]
    public async Task Json_contains_the_reason_for_a_restart(string format)
    {
        await File.WriteAllBytesAsync(_directory["sandbox_crops_kenya_s1.tar.gz"], new byte[3_000_000]);

        var outcome = await DownloadAsync("archives", "sandbox_crops_kenya_s1", "--format", format);

        var json = JsonDocument.Parse(outcome.Output).RootElement;
        var result = format == "json" ? json[0] : json;
        Assert.Equal(
            ["path", "bytes", "resumedFrom", "skipped", "verified", "restarts"], result.EnumerateObject().Select(property => property.Name));
        Assert.EndsWith("longer than the remote", Assert.Single(result.GetProperty("restarts").EnumerateArray()).GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unwritable_directory_is_one_error_for_all_archives_of_a_dataset()
    {
        var output = Path.Combine(_directory["none"], new string('n', 300));

        var line = (await hub.RunAsync("datasets", "download", SandboxFixture.Dataset, "-o", output)).ErrorLines[0];

        Assert.Matches("^mlhub: (sandbox_crops_kenya_[a-z0-9]+(, |: )){3}", line);
    }

    [Theory]
    [InlineData("datasets download x")]
    [InlineData("collections download x")]
    [InlineData("items download x")]
    [InlineData("models download x --dry-run")]
    [InlineData("archives download x y")]
    [InlineData("catalogs download x")]
    [InlineData("download http://127.0.0.1:1/x")]
    public async Task An_output_directory_that_is_a_file_is_one_error_before_any_request(string command)
    {
        await File.WriteAllTextAsync(_directory["file"], "");

        // No server listens at this root, so a request would cause another error.
        foreach (var output in (string[])["file", "file/below/it"])
        {
            string[] hubOptions = command.StartsWith("download", StringComparison.Ordinal) ? [] : ["--root-url", "http://127.0.0.1:1/", "--api-key", Mlhub.Key];
            var outcome = await Mlhub.RunAsync([.. command.Split(' '), "-o", _directory[output], .. hubOptions]);

            Assert.Equal($"mlhub: --output must be a directory, but '{_directory["file"]}' is a file: choose another one.", outcome.FailedWith(2));
        }
    }

    [Fact]
    public async Task The_sandbox_option_needs_no_key()
    {
        var outcome = await Mlhub.RunAsync("--sandbox", "datasets", "download", SandboxFixture.Dataset, "--output", _directory.Path);

        Assert.Equal(3, outcome.Quietly().Lines.Length);
    }

    [Fact]
    public async Task Progress_bars_are_drawn_on_a_terminal_and_paths_are_printed_afterwards()
    {
        var shown = await hub.RunAsync(Mlhub.Terminal, "archives", "download", "sandbox_crops_kenya_s1", "-o", _directory.Path);
        var quiet = await hub.RunAsync(Mlhub.Terminal, "archives", "download", "sandbox_crops_kenya_s2", "-o", _directory.Path, "--quiet");

        Assert.Contains("\u001b[", shown.Error, StringComparison.Ordinal);
        Assert.Equal([$"{_directory["sandbox_crops_kenya_s1.tar.gz"]} (verified by md5)"], shown.Lines);
        Assert.Equal([$"{_directory["sandbox_crops_kenya_s2.tar.gz"]} (verified by md5)"], quiet.Quietly().Lines);
    }

    [Fact]
    public async Task A_terminal_shows_how_an_existing_file_was_verified()
    {
        await File.WriteAllTextAsync(_directory["sandbox_crops_kenya_s1.tar.gz"], "mine");

        var outcome = await hub.RunAsync(
            Mlhub.Terminal, "archives", "download", "sandbox_crops_kenya_s1", "-o", _directory.Path, "--if-exists", "skip", "--quiet");

        Assert.Equal([$"{_directory["sandbox_crops_kenya_s1.tar.gz"]} (not verified: it already existed)"], outcome.Quietly().Lines);
    }

    private Task<Outcome> DownloadAsync(string what, params string[] args) => hub.RunAsync([what, "download", .. args, "--output", _directory.Path]);
}
