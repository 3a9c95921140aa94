using System.Security.Cryptography;

namespace MlHub.Cli.Tests;

public sealed class ConnectionsTests(SandboxFixture hub) : IClassFixture<SandboxFixture>
{
    [Fact]
    public async Task A_file_gets_the_requested_number_of_connections()
    {
        const int Asked = 32;
        using var directory = new TemporaryDirectory();
        await using var server = new MeteredServer(RandomNumberGenerator.GetBytes(64_000_000));

        // One connection gets a little, and no other a byte, until all are there at once.
        server.LimitTo(64 * 1024);
        var running = Mlhub.RunAsync("download", server.Url.AbsoluteUri, "-o", directory.Path, "--connections", $"{Asked}", "--no-fsync");
        await server.RequestedAsync(Asked).WaitAsync(TimeSpan.FromSeconds(30));
        server.LimitTo(long.MaxValue);

        Assert.Equal([directory["data.bin"]], (await running).Quietly().Lines);
    }

    [Fact]
    public async Task An_archive_can_have_more_connections_than_the_default_limit()
    {
        using var directory = new TemporaryDirectory();

        (await hub.RunAsync("archives", "download", "sandbox_crops_kenya_s2", "-o", directory.Path, "--connections", "64")).Quietly();
    }
}
