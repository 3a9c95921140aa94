using System.Net;
using System.Net.Sockets;
using System.Text;
using Snapshooter.Xunit;

namespace MlHub.Cli.Tests;

public sealed class ServeTests
{
    [Fact]
    public async Task Serve_shows_how_to_use_it_and_ends_with_0_on_ctrl_c()
    {
        var (outcome, _) = await ServeAsync([]);

        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        Snapshot.Match(System.Text.RegularExpressions.Regex.Replace(outcome.Output, ":[0-9]{2,5}/", ":PORT/"), "Serve");
    }

    [Fact]
    public async Task Given_keys_are_accepted_and_not_shown()
    {
        var (outcome, items) = await ServeAsync(["--api-key", "first-of-the-keys", "--api-key", Mlhub.Key]);

        Assert.Equal(0, outcome.ExitCode);
        Assert.DoesNotContain("first-of-the-keys", outcome.Output, StringComparison.Ordinal);
        Snapshot.Match(System.Text.RegularExpressions.Regex.Replace(outcome.Output, ":[0-9]{2,5}/", ":PORT/"), "Serve.given keys");
        Assert.Single(items.Quietly().Lines);
    }

    [Fact]
    public async Task A_port_in_use_is_reported()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();

        var outcome = await Mlhub.RunAsync("serve", "--port", $"{((IPEndPoint)listener.LocalEndpoint).Port}");

        Assert.Contains("is in use. Use another --port", outcome.FailedWith(1), StringComparison.Ordinal);
    }

    /// <summary>Serves, lists an item with the test's key, and interrupts.</summary>
    private static async Task<(Outcome Served, Outcome Items)> ServeAsync(string[] args)
    {
        using var interruption = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        using var output = new WatchedStream();
        var serving = Mlhub.RunAsync(Mlhub.Pipe with { Output = output }, interruption.Token, ["serve", "--port", "0", .. args]);
        var said = await output.FirstWriteAsync().WaitAsync(interruption.Token);
        var root = said.Split(' ', '\n').First(word => word.StartsWith("http://", StringComparison.Ordinal));
        var items = await Mlhub.RunAsync("items", "list", "sandbox_crops_kenya_s2", "--limit", "1", "--root-url", root, "--api-key", Mlhub.Key);
        await interruption.CancelAsync();
        return ((await serving) with { Output = said }, items);
    }

    private sealed class WatchedStream : MemoryStream
    {
        private readonly TaskCompletionSource<string> _written = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<string> FirstWriteAsync() => _written.Task;

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            _written.TrySetResult(Encoding.UTF8.GetString(buffer.Span));
            return base.WriteAsync(buffer, cancellationToken);
        }
    }
}
