using System.Security.Cryptography;
using System.Text;

namespace MlHub.Cli.Tests;

public sealed class ChecksumTests(SandboxFixture hub) : IClassFixture<SandboxFixture>, IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private string Sums => _directory["SHA256SUMS"];

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_download_writes_checksums_that_verify_compares_even_after_a_copy()
    {
        (await DownloadAsync("sandbox_crops_kenya_s1")).Quietly();
        Directory.Move(_directory["data"], _directory["moved"]);
        var moved = Path.Combine(_directory["moved"], "SHA256SUMS");
        var file = Path.Combine(_directory["moved"], "sandbox_crops_kenya_s1.tar.gz");

        Assert.Equal($"{Sha256(file)}  sandbox_crops_kenya_s1.tar.gz\n", await File.ReadAllTextAsync(moved));
        Assert.StartsWith("right\t", (await Mlhub.RunAsync("verify", "--checksums", moved)).Quietly().Output, StringComparison.Ordinal);

        await File.WriteAllTextAsync(file, "something else");
        var wrong = await Mlhub.RunAsync("verify", "--checksums", moved);
        Assert.Equal(1, wrong.ExitCode);
        Assert.StartsWith("wrong\t", wrong.Output, StringComparison.Ordinal);

        File.Delete(file);
        Assert.Equal(4, (await Mlhub.RunAsync("verify", "--checksums", moved)).ExitCode);
    }

    [Fact]
    public async Task Lines_of_other_files_are_kept_and_the_line_of_the_same_file_is_replaced()
    {
        Directory.CreateDirectory(_directory["data"]);
        var other = $"# of last week\n{new string('a', 64)} *other\n";
        await File.WriteAllTextAsync(Path.Combine(_directory["data"], "SHA256SUMS"), $"{other}{new string('b', 64)}  sandbox_crops_kenya_s1.tar.gz\n");

        (await DownloadAsync("sandbox_crops_kenya_s1", "sandbox_crops_kenya_s2")).Quietly();

        var text = await File.ReadAllTextAsync(Path.Combine(_directory["data"], "SHA256SUMS"));
        Assert.StartsWith(other, text, StringComparison.Ordinal);
        Assert.Equal(4, text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.DoesNotContain(new string('b', 64), text, StringComparison.Ordinal);
        Assert.Equal(["SHA256SUMS", "sandbox_crops_kenya_s1.tar.gz", "sandbox_crops_kenya_s2.tar.gz"], Directory.GetFiles(_directory["data"]).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_file_that_is_not_a_checksum_file_is_not_overwritten()
    {
        Directory.CreateDirectory(_directory["data"]);
        await File.WriteAllTextAsync(Path.Combine(_directory["data"], "SHA256SUMS"), "a letter\n");

        (await DownloadAsync("sandbox_crops_kenya_s1")).FailedWith(1);

        Assert.Equal("a letter\n", await File.ReadAllTextAsync(Path.Combine(_directory["data"], "SHA256SUMS")));
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("with space")]
    [InlineData("back\\slash")]
    [InlineData("line\nend\rand more")]
    [InlineData(" *leading")]
    public void A_line_is_written_and_read_as_by_coreutils(string name)
    {
        var line = new ChecksumLine(new string('0', 64), name);

        Assert.Equal(line, ChecksumLine.Parse(line.ToString()));
        Assert.DoesNotContain('\n', line.ToString());
    }

    [UnixFact]
    public async Task Sha256sum_reads_the_checksums_of_a_download_and_verify_reads_those_of_sha256sum()
    {
        var odd = _directory["line\nend \\ back"];
        await File.WriteAllTextAsync(odd, "odd");
        using var sums = MlHubProcess.Run(["sh", "-c", $"cd '{_directory.Path}' && sha256sum -- * > SHA256SUMS"]);
        Assert.Equal(0, (await sums.EndAsync()).Code);

        (await hub.RunAsync("archives", "download", "sandbox_crops_kenya_s1", "--output", Path.Combine(_directory.Path, "sub"), "--checksums", Sums)).Quietly();

        Assert.Equal(2, (await Mlhub.RunAsync("verify", "--checksums", Sums)).Quietly().Output.Split("right\t").Length - 1);
        using var check = MlHubProcess.Run(["sh", "-c", $"cd '{_directory.Path}' && sha256sum --check --strict SHA256SUMS"]);
        Assert.Equal(0, (await check.EndAsync()).Code);
    }

    [Fact]
    public async Task If_exists_verify_reads_the_existing_file()
    {
        string[] download = ["archives", "download", "sandbox_crops_kenya_s1", "--output", _directory.Path];
        var path = _directory["sandbox_crops_kenya_s1.tar.gz"];
        (await hub.RunAsync(download)).Quietly();
        var right = await File.ReadAllBytesAsync(path);
        var written = File.GetLastWriteTimeUtc(path);

        // A disk that lost a byte changes neither the size nor the time.
        using (var file = File.OpenWrite(path))
        {
            file.Position = 1000;
            file.WriteByte((byte)~right[1000]);
        }

        File.SetLastWriteTimeUtc(path, written);
        Assert.Contains("skipped", (await hub.RunAsync(download)).Error, StringComparison.Ordinal);

        Assert.DoesNotContain("skipped", (await hub.RunAsync([.. download, "--if-exists", "verify"])).Error, StringComparison.Ordinal);
        Assert.Equal(right, await File.ReadAllBytesAsync(path));
        Assert.Contains("skipped", (await hub.RunAsync([.. download, "--if-exists", "verify"])).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Commands_that_run_at_the_same_time_keep_the_lines_of_each_other()
    {
        var runs = await Task.WhenAll(Enumerable.Range(0, 12).Select(number => Task.Run(() => hub.RunAsync(
            "archives", "download", "sandbox_crops_kenya_s1", "--output", _directory[$"{number}"], "--checksums", Sums))));

        Assert.All(runs, run => run.Quietly());
        Assert.Equal(12, (await File.ReadAllLinesAsync(Sums)).Distinct().Count());
        Assert.Equal([Sums], Directory.GetFiles(_directory.Path));
    }

    [UnixFact]
    public async Task A_checksum_file_that_is_a_link_stays_one()
    {
        File.CreateSymbolicLink(Sums, _directory["elsewhere"]);
        await File.WriteAllTextAsync(_directory["elsewhere"], $"{new string('a', 64)}  other\n");

        (await hub.RunAsync("archives", "download", "sandbox_crops_kenya_s1", "--output", _directory.Path, "--checksums", Sums)).Quietly();

        Assert.Equal(_directory["elsewhere"], File.ResolveLinkTarget(Sums, returnFinalTarget: true)!.FullName);
        Assert.Equal(2, (await File.ReadAllLinesAsync(_directory["elsewhere"])).Length);
    }

    [UnixFact]
    public async Task A_pipe_is_not_replaced_by_a_checksum_file()
    {
        using var pipe = MlHubProcess.Run(["mkfifo", Sums]);
        Assert.Equal(0, (await pipe.EndAsync()).Code);

        var error = (await hub.RunAsync("archives", "download", "sandbox_crops_kenya_s1", "--output", _directory.Path, "--checksums", Sums)).FailedWith(1);

        Assert.Contains("is not a regular file", error, StringComparison.Ordinal);
        Assert.Equal([Sums], Directory.GetFileSystemEntries(_directory.Path));
    }

    [Fact]
    public async Task Lines_end_with_or_without_a_carriage_return_and_bytes_that_are_not_UTF8_are_kept()
    {
        var name = "sandbox_crops_kenya_s1.tar.gz";
        byte[] damaged = [(byte)'#', (byte)' ', 0xE9, (byte)'\n'];
        await File.WriteAllBytesAsync(Sums, [.. damaged, .. Encoding.UTF8.GetBytes($"{new string('b', 64)}  {name}\r\n")]);

        (await hub.RunAsync("archives", "download", "sandbox_crops_kenya_s1", "--output", _directory.Path, "--checksums", Sums)).Quietly();

        byte[] expected = [.. damaged, .. Encoding.UTF8.GetBytes($"{Sha256(_directory[name])}  {name}\n")];
        Assert.Equal(expected, await File.ReadAllBytesAsync(Sums));
    }

    [Fact]
    public async Task Verify_checks_the_other_files_if_lines_are_damaged_and_fails()
    {
        await File.WriteAllTextAsync(_directory["a"], "a");
        await File.WriteAllTextAsync(Sums, $"# a comment\n\nnot a line\n{Sha256(_directory["a"])}  a\n12zz  b\n");

        var outcome = await Mlhub.RunAsync("verify", "--checksums", Sums);

        Assert.Equal(1, outcome.ExitCode);
        Assert.StartsWith($"right\t{_directory["a"]}\t", outcome.Output, StringComparison.Ordinal);
        Assert.Equal(
            $"mlhub: line 3 of '{Sums}' is not a SHA-256, two spaces and a name: 'not a line'. Its file was not checked: correct or remove the line.\n"
            + $"mlhub: line 5 of '{Sums}' is not a SHA-256, two spaces and a name: '12zz  b'. Its file was not checked: correct or remove the line.\n",
            outcome.Error);
    }

    [Fact]
    public async Task A_damaged_line_of_the_downloaded_file_is_replaced()
    {
        await File.WriteAllTextAsync(Sums, "12zz  sandbox_crops_kenya_s1.tar.gz\n12zz  other\n");
        await File.AppendAllTextAsync(Sums, $"{new string('a', 64)}  third\n");

        (await hub.RunAsync("archives", "download", "sandbox_crops_kenya_s1", "--output", _directory.Path, "--checksums", Sums)).Quietly();

        Assert.Equal(["12zz  other", $"{new string('a', 64)}  third", $"{Sha256(_directory["sandbox_crops_kenya_s1.tar.gz"])}  sandbox_crops_kenya_s1.tar.gz"], await File.ReadAllLinesAsync(Sums));
    }

    [UnixFact]
    public async Task Verify_reads_a_directory_with_a_link_back_to_itself_once_and_not_the_list_in_it()
    {
        Directory.CreateDirectory(_directory["data/sub"]);
        await File.WriteAllTextAsync(_directory["data/sub/a"], "a");
        File.CreateSymbolicLink(_directory["data/sub/loop"], _directory["data"]);
        await File.WriteAllTextAsync(_directory["data/SHA256SUMS"], $"{Sha256(_directory["data/sub/a"])}  sub/a\n");

        var outcome = (await Mlhub.RunAsync("verify", _directory["data"], "--checksums", _directory["data/SHA256SUMS"])).Quietly();

        Assert.StartsWith("right\t", Assert.Single(outcome.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("verify --checksums missing", 4)]
    [InlineData("verify --checksums x --digest md5:d41d8cd98f00b204e9800998ecf8427e", 2)]
    public async Task A_wrong_request_is_one_line(string command, int exitCode)
    {
        (await Mlhub.RunAsync(command.Split(' '))).FailedWith(exitCode);
    }

    private Task<Outcome> DownloadAsync(params string[] ids) =>
        hub.RunAsync(["archives", "download", .. ids, "--output", _directory["data"], "--checksums", Path.Combine(_directory["data"], "SHA256SUMS")]);

    private static string Sha256(string path) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path)));
}
