using System.Net;
using System.Text.Json;

namespace MlHub.Server.Tests.Hosting;

/// <summary>What a server tells probes.</summary>
public sealed class HealthTests
{
    [Theory]
    [InlineData("/healthz")]
    [InlineData("/readyz")]
    public async Task A_probe_needs_no_key_and_may_use_any_host(string path)
    {
        using var log = new LogLines();
        await using var server = await MlHubServer.StartAsync(new OneItemHub("c", "i"), new MlHubServerOptions { LoggerFactory = log });
        using var client = SandboxServer.ClientOf(server.RootUrl);
        client.DefaultRequestHeaders.Host = "10.1.2.3:8765";
        Assert.Equal("{\"status\":\"ok\"}", await client.GetStringAsync(path));
        using var head = await client.SendAsync(new HttpRequestMessage(HttpMethod.Head, path));
        Assert.Equal(HttpStatusCode.OK, head.StatusCode);
        Assert.Equal(HttpStatusCode.MisdirectedRequest, (await client.GetAsync("datasets")).StatusCode);

        // A probe every few seconds would bury the requests of clients. A request is logged after its response.
        await server.StopAsync();
        Assert.Single(log.Written);
    }

    [Fact]
    public async Task Until_the_hub_is_open_the_server_is_alive_and_not_ready()
    {
        var hub = new TaskCompletionSource<IHub>();
        await using var server = await MlHubServer.StartBeforeHubAsync(hub.Task);
        using var client = SandboxServer.ClientOf(server.RootUrl);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/healthz")).StatusCode);
        foreach (var path in (string[])["/readyz", "", "datasets", "/storage/mlhub/archives/c.tar.gz"])
        {
            using var response = await client.GetAsync(path);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
            Assert.Equal(TimeSpan.FromSeconds(5), response.Headers.RetryAfter?.Delta);
            Assert.Equal("{\"detail\":\"The hub is being opened. Try again later.\"}", await response.Content.ReadAsStringAsync());
        }

        hub.SetResult(new OneItemHub("c", "i"));
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/readyz")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("datasets")).StatusCode);
    }

    [Fact]
    public async Task A_hub_that_does_not_open_is_never_ready()
    {
        await using var server = await MlHubServer.StartBeforeHubAsync(Task.FromException<IHub>(new IOException("secret path")));
        using var client = SandboxServer.ClientOf(server.RootUrl);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/healthz")).StatusCode);
        using var response = await client.GetAsync("/readyz");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal("The hub cannot be used. The log of the server says why.", JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement.GetProperty("detail").GetString());
    }

    [Fact]
    public async Task A_hub_that_fails_is_not_ready_and_the_log_says_why()
    {
        using var log = new LogLines();
        await using var server = await MlHubServer.StartAsync(new OneItemHub("c", "i") { Broken = new IOException("the index is gone") }, new MlHubServerOptions { LoggerFactory = log });
        using var client = SandboxServer.ClientOf(server.RootUrl);
        using var response = await client.GetAsync("/readyz");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.DoesNotContain("the index is gone", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Contains(log.Written, line => line.Contains("the index is gone", StringComparison.Ordinal));
    }
}
