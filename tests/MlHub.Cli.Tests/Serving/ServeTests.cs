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
    [InlineData("--check", "--check, --index and --refresh need a directory")]
    [InlineData("--refresh 5", "--check, --index and --refresh need a directory")]
    [InlineData("/ --refresh soon", "--refresh must be a whole number from 0 to 10080")]
    [InlineData("/tmp --index mysql://user:secret@host/database", "--index: the address of the index must be like postgresql://user@host:5432/database.")]
    [InlineData("/tmp --index postgresql://user:secret@host", "--index: the address of the index names no database: postgresql://user@host:5432/database.")]
    [InlineData("--listen hub.example", "--listen: it must be an address of this machine")]
    [InlineData("--listen 1.2", "--listen: it must be an address of this machine")]
    [InlineData("--listen 127.0.0.1:0", "--listen: it must be an address of this machine")]
    [InlineData("--listen [::1", "--listen: it must be an address of this machine")]
    [InlineData("--listen 127.0.0.1:80 --port 81", "the port is given twice")]
    [InlineData("--certificate-key key.pem", "need --certificate")]
    [InlineData("--no-key --api-key a", "--no-key asks for no key")]
    [InlineData("--no-key --keys a", "--no-key asks for no key")]
    [InlineData("--cors browser.example", "the origin 'browser.example' is invalid")]
    [InlineData("--public-url https://hub.example/?a=b", "the public URL of a server must be")]
    [InlineData("--quiet --log-format json", "--quiet and --log-format cannot be combined")]
    public async Task Wrong_usage_is_explained(string arguments, string message) =>
        Assert.Contains(message, (await Mlhub.RunAsync(["serve", .. arguments.Split(' ')])).FailedWith(2), StringComparison.Ordinal);

    [Fact]
    public async Task An_address_of_another_machine_is_reported() =>
        Assert.Contains("198.51.100.1 is not an address of this machine.", (await Mlhub.RunAsync("serve", "--listen", "198.51.100.1")).FailedWith(1), StringComparison.Ordinal);

    /// <summary>Serves, lists an item with the test's key, and interrupts.</summary>
    private static async Task<(Outcome Served, Outcome Items)> ServeAsync(string[] args)
    {
        await using var serve = await RunningServe.StartAsync(args);
        var items = await Mlhub.RunAsync("items", "list", "sandbox_crops_kenya_s2", "--limit", "1", "--root-url", serve.Root.AbsoluteUri, "--api-key", Mlhub.Key);
        return (await serve.StopAsync(), items);
    }
}
