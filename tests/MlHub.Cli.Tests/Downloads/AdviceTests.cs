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
    public async Task A_file_of_another_address_may_be_overwritten()
    {
        await DownloadAsync(Server.Url);
        Server.Publish(RandomNumberGenerator.GetBytes(100_000));

        var line = (await DownloadAsync(new Uri(Server.Url, "/other/data.bin"))).FailedWith(1);

        Assert.EndsWith("choose another name or directory, or give --if-exists overwrite.", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_several_files_the_same_command_is_not_said_to_help_where_a_name_is_taken()
    {
        await DownloadAsync(new Uri(Server.Url, "/a/one.bin"));
        Server.Publish(RandomNumberGenerator.GetBytes(100_000));

        var taken = await DownloadAsync(new Uri(Server.Url, "/b/one.bin"), new Uri(Server.Url, "/b/two.bin").AbsoluteUri);
        using var nobody = new System.Net.Sockets.Socket(System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
        nobody.Bind(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0));
        var mixed = await DownloadAsync(new Uri(Server.Url, "/b/one.bin"), $"http://{nobody.LocalEndPoint}/three.bin");
        var unreached = await DownloadAsync(new Uri(Server.Url, "/b/two.bin"), $"http://{nobody.LocalEndPoint}/three.bin");

        Assert.Equal("mlhub: 1 failed, 1 file is there: do what each error says; the same command alone would fail again", taken.ErrorLines[^1]);
        Assert.Equal("mlhub: 2 failed, 0 files are there: run the same command again to try what can be fetched", mixed.ErrorLines[^1]);
        Assert.Equal("mlhub: 1 failed, 1 file is there: run the same command again to try only what failed", unreached.ErrorLines[^1]);
    }

    [Fact]
    public async Task A_file_to_be_skipped_that_has_another_digest_may_be_overwritten()
    {
        await File.WriteAllTextAsync(Final, "other");

        var line = (await DownloadAsync(Server.Url, "--if-exists", "skip", "--digest", $"md5:{Md5}")).FailedWith(1);

        Assert.EndsWith("remove it, or give --if-exists overwrite.", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_a_cut_body_does_not_replace_may_be_overwritten()
    {
        await using var server = new MeteredServer(_content) { TellsLength = false };
        await File.WriteAllBytesAsync(Final, new byte[200_000]);

        var line = (await DownloadAsync(server.Url, "--quiet")).FailedWith(1);

        Assert.EndsWith("Run it again later, or give --if-exists overwrite.", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_digest_that_does_not_match_is_to_be_checked()
    {
        var line = (await DownloadAsync(Server.Url, "--digest", $"md5:{new string('0', 32)}")).FailedWith(1);

        Assert.EndsWith("Check the digest that was given, and the address.", line, StringComparison.Ordinal);
    }

    [SmallDiskFact]
    public async Task AOutput_that_cannot_be_written_is_named_and_another_is_to_be_given()
    {
        using var disk = SmallDisk.Mount(4096, "ro");

        foreach (var output in (string[])[disk.Path, Path.Combine(disk.Path, "new")])
        {
            var line = (await Mlhub.RunAsync("download", Server.Url.AbsoluteUri, "--output", output)).FailedWith(1);

            Assert.Equal($"mlhub: The directory '{output}' cannot be written (Read-only file system): give another one with --output.", line);
        }
    }

    private Task<Outcome> DownloadAsync(Uri url, params string[] options) =>
        Mlhub.RunAsync(["download", url.AbsoluteUri, "--output", Output.Path, .. options]);
}
