using System.Security.Cryptography;
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

    [Fact]
    public async Task A_file_is_fetched_without_any_key()
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
    public async Task Of_several_files_each_is_reported()
    {
        var outcome = await Mlhub.RunAsync(
            "download", $"{_server.Url}/file1.bin", $"{_server.Url}/file2.bin", $"{_server.Url}/missing?token=s3cret", "-o", _directory.Path);

        Assert.Equal(5, outcome.ExitCode);
        Assert.Equal([_directory["file1.bin"], _directory["file2.bin"]], outcome.Lines.Order(StringComparer.Ordinal));
        Assert.StartsWith($"mlhub: {_server.Url}/missing: ", outcome.ErrorLines[0], StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_can_be_verified_later()
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
        Assert.Equal(4, missing.ExitCode);
        Assert.StartsWith("missing\t", missing.Output, StringComparison.Ordinal);
    }
}
