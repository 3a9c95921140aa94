using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using WireMock.RequestBuilders;
using WireMock.ResponseBuilders;
using WireMock.Server;

namespace MlHub.Cli.Tests;

public sealed class AnyUrlTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly WireMockServer _server = WireMockServer.Start();
    private readonly byte[] _content = [.. Enumerable.Range(0, 100_000).Select(i => (byte)(i * 7))];

    public AnyUrlTests() =>
        _server.Given(Request.Create().WithPath("/file*.bin")).RespondWith(Response.Create().WithBody(_content));

    private string Md5 => Convert.ToHexStringLower(MD5.HashData(_content));

    public void Dispose()
    {
        _server.Dispose();
        _directory.Dispose();
    }

    [Theory]
    [InlineData("--file-name", "a.mlhub-part")]
    [InlineData("--digest", "md5:00000000000000000000000000000000", "--digest", "md5:11111111111111111111111111111111")]
    public async Task Options_that_no_file_can_satisfy_are_a_usage_error(params string[] options)
    {
        var outcome = await Mlhub.RunAsync(["download", $"{_server.Url}/file.bin", "-o", _directory.Path, .. options]);

        Assert.Equal(2, outcome.ExitCode);
        Assert.Empty(Directory.GetFileSystemEntries(_directory.Path));
    }

    [Fact]
    public async Task A_file_is_downloaded_without_an_API_key()
    {
        var outcome = await Mlhub.RunAsync("download", $"{_server.Url}/file.bin?token=s3cret", "-o", _directory.Path, "--digest", $"md5:{Md5}");

        Assert.Equal([_directory["file.bin"]], outcome.Quietly().Lines);
        Assert.Equal(_content, await File.ReadAllBytesAsync(_directory["file.bin"]));
    }

    [Fact]
    public async Task A_wrong_digest_leaves_nothing_under_the_final_name()
    {
        var outcome = await Mlhub.RunAsync("download", $"{_server.Url}/file.bin", "-o", _directory.Path, "--digest", $"md5:{new string('0', 32)}");

        outcome.FailedWith(1);
        Assert.False(File.Exists(_directory["file.bin"]));
    }

    [Fact]
    public async Task Each_of_several_files_is_reported()
    {
        var outcome = await Mlhub.RunAsync(
            "download", $"{_server.Url}/file1.bin", $"{_server.Url}/file2.bin", $"{_server.Url}/missing?token=s3cret", "-o", _directory.Path);

        Assert.Equal(5, outcome.ExitCode);
        Assert.Equal([_directory["file1.bin"], _directory["file2.bin"]], outcome.Lines.Order(StringComparer.Ordinal));
        Assert.StartsWith($"mlhub: {_server.Url}/missing does not exist (404).", outcome.ErrorLines[0], StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_long_wait_before_a_retry_is_reported()
    {
        _server.Given(Request.Create().WithPath("/busy")).RespondWith(Response.Create().WithStatusCode(503).WithHeader("Retry-After", "20"));

        using var run = MlHubProcess.Download(new Uri($"{_server.Url}/busy"), _directory.Path);

        await run.SaysAsync("Trying again in 20.0 s.");
    }

    [Fact]
    public async Task A_restart_is_reported_while_the_download_runs()
    {
        await File.WriteAllBytesAsync(_directory["data.bin"], new byte[2_000_000]);
        await using var server = new MeteredServer(_content);
        server.LimitTo(_content.Length / 2);

        using var run = MlHubProcess.Download(server.Url, _directory.Path);
        await run.SaysAsync("restarts: the existing file of 2000000 bytes cannot be completed");
        Assert.Equal(2_000_000, new FileInfo(_directory["data.bin"]).Length);
        server.LimitTo(long.MaxValue);

        Assert.Equal(0, (await run.EndAsync()).Code);
        Assert.Equal(_content, await File.ReadAllBytesAsync(_directory["data.bin"]));
    }

    [Fact]
    public async Task Json_contains_the_number_of_retries()
    {
        _server.Given(Request.Create().WithPath("/once-busy")).InScenario("busy").WillSetStateTo("free").RespondWith(Response.Create().WithStatusCode(503));
        _server.Given(Request.Create().WithPath("/once-busy")).InScenario("busy").WhenStateIs("free").RespondWith(Response.Create().WithBody(_content));

        var patient = Mlhub.Pipe with { Transfer = new Sdk.TransferOptions { MaxRetries = 1, RetryBaseDelay = TimeSpan.Zero } };

        var outcome = await Mlhub.RunAsync(patient, "download", $"{_server.Url}/once-busy", "-o", _directory.Path, "--format", "jsonl");

        Assert.EndsWith(",\"retries\":1}\n", outcome.Quietly().Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_addresses_with_the_same_file_name_are_a_usage_error_and_nothing_is_downloaded()
    {
        var outcome = await Mlhub.RunAsync("download", $"{_server.Url}/a/file.bin?token=s3cret", $"{_server.Url}/b/file.bin", "-o", _directory.Path);

        Assert.Equal(
            $"mlhub: {_server.Url}/a/file.bin and {_server.Url}/b/file.bin would both be stored as '{_directory["file.bin"]}': download one of them under another name or into another directory.",
            outcome.FailedWith(2));
        Assert.Empty(_server.LogEntries);
    }

    [Theory]
    [InlineData("~", "file.bin")]
    [InlineData("~/data", "data/file.bin")]
    public async Task A_tilde_in_quotes_means_the_home_directory(string output, string file)
    {
        var outcome = await Mlhub.RunAsync(Mlhub.Pipe with { UserDirectory = _directory.Path }, "download", $"{_server.Url}/file.bin", "-o", output);

        Assert.Equal([_directory[file]], outcome.Quietly().Lines);
    }

    [Fact]
    public async Task A_file_gets_the_given_name()
    {
        var outcome = await Mlhub.RunAsync("download", $"{_server.Url}/file.bin", "--file-name", "mine.bin", "-o", _directory.Path);
        var several = await Mlhub.RunAsync("download", $"{_server.Url}/file1.bin", $"{_server.Url}/file2.bin", "--file-name", "mine.bin", "-o", _directory.Path);

        Assert.Equal([_directory["mine.bin"]], outcome.Quietly().Lines);
        Assert.Equal("mlhub: --file-name can be used only with a single URL.", several.FailedWith(2));
    }

    [Fact]
    public async Task An_interrupted_download_ends_with_130_and_leaves_nothing_under_the_final_name()
    {
        using var interrupted = new CancellationTokenSource();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var sending = SendHalfAsync(listener, interrupted);

        var outcome = await Mlhub.RunAsync(Mlhub.Pipe, interrupted.Token, "download", $"http://{listener.LocalEndpoint}/half.bin", "-o", _directory.Path);
        await sending;

        Assert.Equal((130, ""), (outcome.ExitCode, outcome.Output));
        Assert.Equal(["run the same command again", "mlhub: interrupted"], outcome.ErrorLines);
        Assert.Empty(_directory.Files);
    }

    [Fact]
    public async Task A_file_can_be_verified_later_by_its_receipt()
    {
        var path = _directory["file.bin"];
        await Mlhub.RunAsync("download", $"{_server.Url}/file.bin", "-o", _directory.Path, "--digest", $"md5:{Md5}");

        var right = await Mlhub.RunAsync("verify", path);
        _content[500] ^= 1;
        await File.WriteAllBytesAsync(path, _content);
        var wrong = await Mlhub.RunAsync("verify", path);

        // Notes go with their file in an extended attribute, which not every file system has.
        var noted = !right.Output.StartsWith("unknown", StringComparison.Ordinal);
        Assert.StartsWith(noted ? $"right\t{path}\t" : "unknown\t", right.Output, StringComparison.Ordinal);
        Assert.Equal((noted ? 0 : 6, noted ? 1 : 6), (right.ExitCode, wrong.ExitCode));
        Assert.StartsWith(noted ? $"wrong\t{path}\t" : "unknown\t", wrong.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_can_be_verified_later_by_a_digest()
    {
        await Mlhub.RunAsync("download", $"{_server.Url}/file.bin", "-o", _directory.Path);
        var path = _directory["file.bin"];

        var right = await Mlhub.RunAsync("verify", path, "--digest", $"md5:{Md5}");
        await File.WriteAllTextAsync(path, "changed");
        var wrong = await Mlhub.RunAsync("verify", path, "--digest", $"md5:{Md5}", "--format", "jsonl");
        var missing = await Mlhub.RunAsync("verify", _directory["nope"]);

        Assert.StartsWith($"right\t{path}\t", right.Quietly().Output, StringComparison.Ordinal);
        Assert.Equal(1, wrong.ExitCode);
        Assert.Contains("\"status\":\"wrong\"", wrong.Output, StringComparison.Ordinal);
        Assert.Equal("to replace a wrong file, download it again with --if-exists overwrite", Assert.Single(wrong.ErrorLines));
        Assert.Empty(missing.Error);
        Assert.Equal(4, missing.ExitCode);
        Assert.StartsWith("missing\t", missing.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_without_a_receipt_is_unknown_and_a_note_says_how_to_check_it()
    {
        await File.WriteAllTextAsync(_directory["mine"], "not downloaded");

        var unknown = await Mlhub.RunAsync("verify", _directory["mine"]);

        Assert.Equal((6, $"unknown\t{_directory["mine"]}\tit has no receipt of a download, and no digest was given\n"), (unknown.ExitCode, unknown.Output));
        Assert.Equal("to check a file that has no receipt, give its expected digest: --digest ALGORITHM:VALUE", Assert.Single(unknown.ErrorLines));
    }

    [Theory]
    [InlineData(6, "mine", "mine")]
    [InlineData(4, "nope", "no")]
    [InlineData(1, "mine", "nope")]
    public async Task If_all_files_fail_the_exit_code_is_the_one_that_they_share_or_1(int exitCode, params string[] files)
    {
        await File.WriteAllTextAsync(_directory["mine"], "not downloaded");

        Assert.Equal(exitCode, (await Mlhub.RunAsync(["verify", .. files.Select(file => _directory[file])])).ExitCode);
    }

    [Fact]
    public async Task A_directory_means_all_files_in_it_and_in_its_subdirectories()
    {
        await Mlhub.RunAsync("download", $"{_server.Url}/file.bin", "-o", _directory["data/below"]);
        await File.WriteAllTextAsync(_directory["data/mine"], "not downloaded");
        await File.WriteAllTextAsync(_directory["data/other.mlhub-part"], "not complete");

        var outcome = await Mlhub.RunAsync("verify", _directory["data"]);
        var digest = await Mlhub.RunAsync("verify", _directory["data"], "--digest", $"md5:{Md5}");
        Directory.CreateDirectory(_directory["empty"]);
        var empty = await Mlhub.RunAsync("verify", _directory["empty"]);

        Assert.Equal([_directory["data/below/file.bin"], _directory["data/mine"]], outcome.Lines.Select(line => line.Split('\t')[1]).Order(StringComparer.Ordinal));
        Assert.Equal(outcome.Output.Contains("right\t", StringComparison.Ordinal) ? 5 : 6, outcome.ExitCode);
        Assert.Equal("mlhub: --digest can be used only with a single FILE.", digest.FailedWith(2));
        Assert.Equal((4, $"missing\t{_directory["empty"]}\tit is a directory, and no file\n"), (empty.ExitCode, empty.Output));
    }

    /// <summary>Sends half of a file, interrupts, and holds the connection until the other side lets go of it.</summary>
    private static async Task SendHalfAsync(TcpListener listener, CancellationTokenSource interrupted)
    {
        using var connection = await listener.AcceptTcpClientAsync();
        var stream = connection.GetStream();
        _ = await stream.ReadAsync(new byte[4096]);
        await stream.WriteAsync(Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nETag: \"e\"\r\nContent-Length: 2000\r\n\r\n"));
        await stream.WriteAsync(new byte[1000]);
        await interrupted.CancelAsync();
    }
}
