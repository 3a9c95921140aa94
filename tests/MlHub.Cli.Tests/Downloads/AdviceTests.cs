using System.Security.Cryptography;

namespace MlHub.Cli.Tests;

/// <summary>What an error of a download says to do, in the words of the command.</summary>
public sealed class AdviceTests : IAsyncLifetime
{
    private readonly byte[] _content = RandomNumberGenerator.GetBytes(100_000);

    public AdviceTests() => Server = new MeteredServer(_content);

    private MeteredServer Server { get; }

    private TemporaryDirectory Output { get; } = new();

    private string Final => Output["data.bin"];

    private string Md5 => Convert.ToHexStringLower(MD5.HashData(_content));

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await Server.DisposeAsync();
        Output.Dispose();
    }

    [Fact]
    public async Task The_error_for_a_file_from_another_address_suggests_overwriting_it()
    {
        await DownloadAsync(Server.Url);
        Server.Publish(RandomNumberGenerator.GetBytes(100_000));

        var line = (await DownloadAsync(new Uri(Server.Url, "/other/data.bin"))).FailedWith(1);

        Assert.EndsWith("choose another name or directory, or use --if-exists overwrite.", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_command_is_not_suggested_if_it_would_fail_again()
    {
        await DownloadAsync(new Uri(Server.Url, "/a/one.bin"));
        Server.Publish(RandomNumberGenerator.GetBytes(100_000));

        var taken = await DownloadAsync(new Uri(Server.Url, "/b/one.bin"), new Uri(Server.Url, "/b/two.bin").AbsoluteUri);
        using var nobody = new System.Net.Sockets.Socket(System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
        nobody.Bind(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0));
        var mixed = await DownloadAsync(new Uri(Server.Url, "/b/one.bin"), $"http://{nobody.LocalEndPoint}/three.bin");
        var unreached = await DownloadAsync(new Uri(Server.Url, "/b/two.bin"), $"http://{nobody.LocalEndPoint}/three.bin");

        Assert.Equal("mlhub: 1 failed, 1 file is downloaded: the same command would fail again", taken.ErrorLines[^1]);
        Assert.Equal("mlhub: 2 failed, 0 files are downloaded: run the same command again to retry those that can be downloaded", mixed.ErrorLines[^1]);
        Assert.Equal("mlhub: 1 failed, 1 file is downloaded: run the same command again to retry only what failed", unreached.ErrorLines[^1]);
    }

    [Fact]
    public async Task The_error_for_a_skipped_file_with_another_digest_suggests_overwriting_it()
    {
        await File.WriteAllTextAsync(Final, "other");

        var line = (await DownloadAsync(Server.Url, "--if-exists", "skip", "--digest", $"md5:{Md5}")).FailedWith(1);

        Assert.EndsWith("remove it, or use --if-exists overwrite.", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_error_for_a_file_that_a_shorter_body_did_not_replace_suggests_overwriting_it()
    {
        await using var server = new MeteredServer(_content) { TellsLength = false };
        await File.WriteAllBytesAsync(Final, new byte[200_000]);

        var line = (await DownloadAsync(server.Url, "--quiet")).FailedWith(1);

        Assert.EndsWith("Run it again later, or use --if-exists overwrite.", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_error_for_a_digest_mismatch_suggests_checking_the_digest()
    {
        var line = (await DownloadAsync(Server.Url, "--digest", $"md5:{new string('0', 32)}")).FailedWith(1);

        Assert.EndsWith("Check the digest and the address.", line, StringComparison.Ordinal);
    }

    [SmallDiskFact]
    public async Task The_error_for_an_unwritable_directory_suggests_choosing_another()
    {
        using var disk = SmallDisk.Mount(4096, "ro");

        foreach (var output in (string[])[disk.Path, Path.Combine(disk.Path, "new")])
        {
            var line = (await Mlhub.RunAsync("download", Server.Url.AbsoluteUri, "--output", output)).FailedWith(1);

            Assert.Equal($"mlhub: the directory '{output}' cannot be written (read-only file system): choose another one with --output.", line);
        }
    }

    private Task<Outcome> DownloadAsync(Uri url, params string[] options) =>
        Mlhub.RunAsync(["download", url.AbsoluteUri, "--output", Output.Path, .. options]);
}
