using System.Security.Cryptography;

namespace MlHub.Cli.Tests;

public sealed class ConnectionsTests(SandboxFixture hub) : IClassFixture<SandboxFixture>
{
    [Fact]
    public async Task A_file_gets_as_many_connections_as_are_asked_for()
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
    public async Task The_files_of_a_hub_may_have_more_connections_than_a_client_has_by_default()
    {
        using var directory = new TemporaryDirectory();

        (await hub.RunAsync("archives", "download", "sandbox_crops_kenya_s2", "-o", directory.Path, "--connections", "64")).Quietly();
    }
}
