using System.Net;
using System.Net.Sockets;
using System.Text;
using MlHub.Sandbox;

namespace MlHub.Server.Tests.Hosting;

public sealed class MlHubServerTests
{
    [Fact]
    public async Task One_line_starts_a_sandbox_on_a_free_loopback_port()
    {
        await using var hub = await MlHubSandbox.StartAsync();
        Assert.Matches(@"^http://127\.0\.0\.1:[1-9][0-9]*/mlhub/v1/$", hub.RootUrl.OriginalString);
        Assert.Equal("sandbox-key", hub.ApiKey);
        using var client = SandboxServer.ClientOf(hub.RootUrl);
        using var response = await client.GetAsync($"collections/sandbox_crops_kenya_s2/items?key={hub.ApiKey}");
        Assert.True(response.IsSuccessStatusCode);
    }

    [Fact]
    public async Task A_server_without_a_key_creates_one()
    {
        await using var server = await MlHubServer.StartAsync(new OneItemHub("c", "i"));
        await using var other = await MlHubServer.StartAsync(new OneItemHub("c", "i"));
        Assert.NotEqual(server.ApiKey, other.ApiKey);
        using var client = SandboxServer.ClientOf(server.RootUrl);
        foreach (var (key, status) in new[] { (server.ApiKey, HttpStatusCode.OK), (other.ApiKey, HttpStatusCode.Unauthorized) })
        {
            using var response = await client.GetAsync($"collections/c/items?key={key}");
            Assert.Equal(status, response.StatusCode);
        }
    }

    [Fact]
    public async Task The_accepted_keys_can_change()
    {
        await using var server = await MlHubServer.StartAsync(new OneItemHub("c", "i"), new MlHubServerOptions { ApiKeys = ["old"] });
        server.RequireKeys("new", "other");
        Assert.Equal("new", server.ApiKey);
        using var client = SandboxServer.ClientOf(server.RootUrl);
        foreach (var (key, status) in new[] { ("old", HttpStatusCode.Unauthorized), ("new", HttpStatusCode.OK), ("other", HttpStatusCode.OK) })
        {
            using var response = await client.GetAsync($"collections/c/items?key={key}");
            Assert.Equal(status, response.StatusCode);
        }

        Assert.Throws<ArgumentException>(() => server.RequireKeys());
        Assert.Throws<ArgumentException>(() => server.RequireKeys(""));
    }

    [Fact]
    public async Task A_server_that_allows_anonymous_requests_serves_everything_without_a_key()
    {
        await using var server = await MlHubSandbox.StartAsync(new MlHubServerOptions { AllowAnonymous = true });
        Assert.Equal("", server.ApiKey);
        using var client = SandboxServer.ClientOf(server.RootUrl);
        foreach (var path in (string[])["collections/sandbox_crops_kenya_s2/items", "catalog/sandbox_crops_kenya/info", "collections/sandbox_crops_kenya_s2/items?key=any"])
        {
            using var response = await client.GetAsync(path);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }

        Assert.Throws<InvalidOperationException>(() => server.RequireKey("key"));
    }

    [Fact]
    public async Task Several_servers_run_at_the_same_time_with_different_keys()
    {
        var servers = await Task.WhenAll(Enumerable.Range(0, 16).Select(index => MlHubSandbox.StartAsync(new MlHubServerOptions { ApiKeys = [$"key{index}"] })));
        Assert.Equal(servers.Length, servers.Select(server => server.RootUrl).Distinct().Count());
        await Task.WhenAll(servers.Select(async (server, index) =>
        {
            using var client = SandboxServer.ClientOf(server.RootUrl);
            Assert.Equal(HttpStatusCode.OK, (await client.GetAsync($"collections/sandbox_landcover_tiles/items?key=key{index}")).StatusCode);
            Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync($"collections/sandbox_landcover_tiles/items?key=key{index + 1}")).StatusCode);
        }));
        await Task.WhenAll(servers.Select(server => server.DisposeAsync().AsTask()));
    }

    [Fact]
    public async Task A_port_in_use_is_an_IOException_and_a_free_port_is_used()
    {
        await using var first = await MlHubSandbox.StartAsync();
        var options = new MlHubServerOptions { Port = first.RootUrl.Port };
        await Assert.ThrowsAsync<IOException>(() => MlHubSandbox.StartAsync(options));
        await first.DisposeAsync();
        await using var second = await MlHubSandbox.StartAsync(options);
        Assert.Equal(options.Port, second.RootUrl.Port);
    }

    [Fact]
    public async Task Invalid_options_are_refused_before_anything_starts()
    {
        await Assert.ThrowsAsync<ArgumentException>(() => MlHubSandbox.StartAsync(new MlHubServerOptions { Port = -1 }));
        await Assert.ThrowsAsync<ArgumentException>(() => MlHubSandbox.StartAsync(new MlHubServerOptions { Port = 65536 }));
        await Assert.ThrowsAsync<ArgumentException>(() => MlHubSandbox.StartAsync(new MlHubServerOptions { ApiKeys = ["good", ""] }));
        await Assert.ThrowsAsync<ArgumentException>(() => MlHubSandbox.StartAsync(new MlHubServerOptions { ApiKeys = ["good"], AllowAnonymous = true }));
        await Assert.ThrowsAsync<ArgumentException>(() => MlHubSandbox.StartAsync(new MlHubServerOptions { KeysFile = "keys", AllowAnonymous = true }));
    }

    [Fact]
    public async Task Disposal_cuts_off_open_transfers_and_can_be_repeated()
    {
        var server = await MlHubServer.StartAsync(new OneItemHub("c", "i") { Archive = new byte[64 << 20] }, SandboxServer.Keys);
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
        await socket.ConnectAsync(IPAddress.Loopback, server.RootUrl.Port);
        await socket.SendAsync(Encoding.ASCII.GetBytes("GET /storage/mlhub/archives/c.tar.gz HTTP/1.1\r\nHost: localhost\r\n\r\n"));
        var buffer = new byte[1024];
        Assert.NotEqual(0, await socket.ReceiveAsync(buffer));
        Assert.False(server.Completion.IsCompleted);

        // The reader stands still, so only an abort can end this; a wait for the transfer would take the host's thirty seconds.
        await server.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(10));
        Assert.True(server.Completion.IsCompletedSuccessfully);
        await server.DisposeAsync();
    }

    [Fact]
    public async Task Stopping_lets_responses_in_progress_finish_and_accepts_no_new_requests()
    {
        var archive = new byte[64 << 20];
        var server = await MlHubServer.StartAsync(new OneItemHub("c", "i") { Archive = archive }, SandboxServer.Keys);
        using var client = SandboxServer.ClientOf(server.RootUrl);
        using var response = await client.GetAsync("/storage/mlhub/archives/c.tar.gz", HttpCompletionOption.ResponseHeadersRead);
        var stop = server.StopAsync();
        await Assert.ThrowsAsync<HttpRequestException>(async () =>
        {
            // The port is given up a moment later.
            while (true)
            {
                using var other = SandboxServer.ClientOf(server.RootUrl);
                using var answer = await other.GetAsync("datasets");
            }
        });
        Assert.False(stop.IsCompleted);
        Assert.Equal(archive.Length, (await response.Content.ReadAsByteArrayAsync()).Length);
        await stop;
        Assert.True(server.Completion.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Cancelling_a_stop_cuts_off_responses_in_progress()
    {
        var server = await MlHubServer.StartAsync(new OneItemHub("c", "i") { Archive = new byte[64 << 20] }, SandboxServer.Keys);
        using var client = SandboxServer.ClientOf(server.RootUrl);
        using var response = await client.GetAsync("/storage/mlhub/archives/c.tar.gz", HttpCompletionOption.ResponseHeadersRead);
        using var patience = new CancellationTokenSource();
        var stop = server.StopAsync(patience.Token);
        Assert.False(stop.IsCompleted);
        await patience.CancelAsync();
        await stop.WaitAsync(TimeSpan.FromSeconds(10));
        await Assert.ThrowsAsync<HttpRequestException>(() => response.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task Disposing_the_server_does_not_dispose_the_hub()
    {
        var hub = new OneItemHub("c", "i");
        await (await MlHubServer.StartAsync(hub)).DisposeAsync();
        Assert.False(hub.IsDisposed);
    }

    [Fact]
    public async Task A_cancelled_start_throws_OperationCanceledException()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => MlHubSandbox.StartAsync(cancellationToken: cancelled.Token));
    }

    [Theory]
    [InlineData(null, 200, 300_000)]
    [InlineData("bytes=100-299999", 206, 299_900)]
    [InlineData("bytes=300000-", 416, 0)]
    public async Task The_log_has_the_bytes_of_a_file_that_were_sent(string? range, int status, int bytes)
    {
        using var directory = new TemporaryDirectory();
        await File.WriteAllBytesAsync(directory["file"], new byte[300_000]);
        using var lines = new LogLines();
        await using (var server = await MlHubServer.StartAsync(
            new OneItemHub("c", "i") { ArchiveFile = HubFile.FromDisk(directory["file"], "application/gzip") }, new MlHubServerOptions { LoggerFactory = lines }))
        {
            using var client = SandboxServer.ClientOf(server.RootUrl);
            using var request = new HttpRequestMessage(HttpMethod.Get, "/storage/mlhub/archives/c.tar.gz?key=never-logged");
            request.Headers.TryAddWithoutValidation("Range", range);
            using var response = await client.SendAsync(request);
            await server.StopAsync();
        }

        var line = Assert.Single(lines.Written);
        Assert.Matches($"^GET /storage/mlhub/archives/c.tar.gz answered {status} in [0-9.]+ ms: {bytes} bytes, key none$", line);
    }

    [Fact]
    public async Task The_log_leaves_out_what_nobody_may_guess_of_a_link_to_a_private_file()
    {
        using var lines = new LogLines();
        await using (var server = await MlHubServer.StartAsync(new OneItemHub("c", "i"), new MlHubServerOptions { LoggerFactory = lines }))
        {
            using var client = SandboxServer.ClientOf(server.RootUrl);
            using var response = await client.GetAsync(new Uri("/storage/mlhub/signed/0123456789abcdef/crops/B02.tif", UriKind.Relative));
        }

        Assert.StartsWith("GET /storage/mlhub/signed/…/crops/B02.tif answered 404 ", Assert.Single(lines.Written), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_log_contains_method_path_and_status_but_no_key()
    {
        using var lines = new LogLines();
        await using (var server = await MlHubSandbox.StartAsync(new MlHubServerOptions { ApiKeys = ["s3cr3t"], LoggerFactory = lines }))
        {
            using var client = SandboxServer.ClientOf(server.RootUrl);
            using var good = await client.GetAsync("collections/sandbox_landcover_tiles/items?key=s3cr3t");
            using var redirect = await client.GetAsync("archive/sandbox_landcover_tiles?key=s3cr3t");
            using var refused = await client.GetAsync("archive/sandbox_landcover_tiles?key=s3cr3t2");
        }

        Assert.Collection(
            lines.Written,
            line => Assert.Matches("^GET /mlhub/v1/collections/sandbox_landcover_tiles/items answered 200 in [0-9.]+ ms: [1-9][0-9]+ bytes, key unnamed$", line),
            line => Assert.Matches("^GET /mlhub/v1/archive/sandbox_landcover_tiles answered 303 in [0-9.]+ ms: 0 bytes, key unnamed$", line),
            line => Assert.Matches("^GET /mlhub/v1/archive/sandbox_landcover_tiles answered 401 in [0-9.]+ ms: [1-9][0-9]+ bytes, key none$", line));
        Assert.DoesNotContain("s3cr3t", string.Concat(lines.Written), StringComparison.Ordinal);
    }
}
