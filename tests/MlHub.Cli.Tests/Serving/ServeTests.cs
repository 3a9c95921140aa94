using System.Net;
using System.Net.Sockets;
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

    [Fact]
    public async Task A_directory_of_downloads_is_served()
    {
        using var directory = new TemporaryDirectory();
        (await Mlhub.RunAsync("--sandbox", "mirror", "sandbox_crops_kenya", "--output", directory.Path)).Quietly();

        var (outcome, items) = await ServeAsync([directory.Path, "--api-key", Mlhub.Key]);

        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        Assert.StartsWith($"Serving '{directory.Path}' at http://127.0.0.1:", outcome.Output, StringComparison.Ordinal);
        Assert.Single(items.Quietly().Lines);
    }

    [Fact]
    public async Task A_check_lists_what_would_be_served_and_what_not_and_why()
    {
        using var directory = new TemporaryDirectory();
        (await Mlhub.RunAsync("--sandbox", "archives", "download", "sandbox_crops_kenya_s2", "--output", directory.Path)).Quietly();
        var bytes = new FileInfo(directory["sandbox_crops_kenya_s2.tar.gz"]).Length;
        await File.WriteAllTextAsync(directory["broken.json"], "{");
        await File.WriteAllTextAsync(directory["cut.tar.gz"], "cut");

        var table = (await Mlhub.RunAsync("serve", directory.Path, "--check")).Quietly();
        var json = (await Mlhub.RunAsync("serve", directory.Path, "--check", "--format", "jsonl")).Quietly();

        Assert.Equal(
            [
                $"yes\tsandbox_crops_kenya_s2\tsandbox_crops_kenya_s2\tsource_imagery\t24\t{bytes}\t",
                "no\tbroken.json\t\t\t\t\tit is not JSON: line 1 is wrong",
                "no\tcut.tar.gz\t\t\t\t\tit is damaged or not complete: download it again",
            ],
            table.Lines);
        Assert.Equal($$"""{"served":true,"name":"sandbox_crops_kenya_s2","dataset":"sandbox_crops_kenya_s2","types":["source_imagery"],"items":24,"archiveBytes":{{bytes}}}""", json.Lines[0]);
        Assert.Equal("""{"served":false,"name":"broken.json","reason":"it is not JSON: line 1 is wrong"}""", json.Lines[1]);
    }

    [Theory]
    [InlineData("no-such-directory", "there is no directory")]
    [InlineData("--check", "--check and --index need a directory")]
    public async Task Wrong_usage_is_explained(string argument, string message) =>
        Assert.Contains(message, (await Mlhub.RunAsync("serve", argument)).FailedWith(2), StringComparison.Ordinal);

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
}
