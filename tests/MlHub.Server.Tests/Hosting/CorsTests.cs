using MlHub.Sandbox;

namespace MlHub.Server.Tests.Hosting;

/// <summary>What web pages of other origins may do.</summary>
public sealed class CorsTests
{
    private const string Browser = "https://browser.example";
    private const string Items = "collections/sandbox_crops_kenya_s2/items";
    private const string Archive = "/storage/mlhub/archives/sandbox_crops_kenya_s1.tar.gz";

    [Fact]
    public async Task Pages_of_other_origins_may_do_nothing_by_default()
    {
        await using var server = await MlHubSandbox.StartAsync();
        using var response = await AskAsync(server, HttpMethod.Get, "datasets", Browser);
        Assert.False(response.Headers.Contains("Access-Control-Allow-Origin"));
        using var preflight = await AskAsync(server, HttpMethod.Options, Items, Browser, "authorization");
        Assert.False(preflight.Headers.Contains("Access-Control-Allow-Origin"));
    }

    [Theory]
    [InlineData("datasets", 200)]
    [InlineData(Items, 401)]
    [InlineData("collections/none", 404)]
    [InlineData("nothing", 404)]
    [InlineData(Archive, 200)]
    [InlineData("/storage/mlhub/none", 404)]
    [InlineData("/readyz", 200)]
    public async Task Pages_of_an_allowed_origin_may_read_responses_also_errors(string path, int status)
    {
        await using var server = await StartAsync(Browser, "http://localhost:8080");
        using var response = await AskAsync(server, HttpMethod.Get, path, Browser);
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(Browser, Header(response, "Access-Control-Allow-Origin"));
        Assert.Equal("Accept-Ranges,Content-Length,Content-MD5,Content-Range,ETag,Link,Location,Retry-After", Header(response, "Access-Control-Expose-Headers"));
        Assert.Equal("Origin", Header(response, "Vary"));
        Assert.False(response.Headers.Contains("Access-Control-Allow-Credentials"));

        using var other = await AskAsync(server, HttpMethod.Get, path, "https://evil.example");
        Assert.False(other.Headers.Contains("Access-Control-Allow-Origin"));
    }

    [Theory]
    [InlineData("datasets")]
    [InlineData(Archive)]
    public async Task A_preflight_allows_keys_and_ranges(string path)
    {
        await using var server = await StartAsync(Browser);
        using var response = await AskAsync(server, HttpMethod.Options, path, Browser, "authorization,content-type,range");
        Assert.Equal(204, (int)response.StatusCode);
        Assert.Equal(Browser, Header(response, "Access-Control-Allow-Origin"));
        Assert.Equal("authorization,content-type,range", Header(response, "Access-Control-Allow-Headers"));
        Assert.Contains("GET", Header(response, "Access-Control-Allow-Methods"), StringComparison.Ordinal);
        Assert.Equal("3600", Header(response, "Access-Control-Max-Age"));
    }

    [Theory]
    [InlineData("*", "datasets")]
    [InlineData(Browser, "datasets")]
    [InlineData("*", Archive)]
    [InlineData(Browser, Archive)]
    [InlineData("*", "nothing")]
    public async Task A_cache_does_not_give_a_page_what_was_requested_without_an_origin(string origins, string path)
    {
        await using var server = await StartAsync(origins);
        using var http = new HttpClient();
        using var response = await http.GetAsync(new Uri(server.RootUrl, path));
        Assert.Equal("Origin", Header(response, "Vary"));
    }

    [Fact]
    public async Task A_star_allows_every_origin()
    {
        await using var server = await StartAsync("*");
        using var response = await AskAsync(server, HttpMethod.Get, "datasets", "https://anybody.example");
        Assert.Equal("*", Header(response, "Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task A_page_can_read_a_refusal_by_a_limit()
    {
        await using var server = await MlHubSandbox.StartAsync(new MlHubServerOptions { CorsOrigins = [Browser], Limits = new() { RequestsPerSecond = 1 } });
        using var first = await AskAsync(server, HttpMethod.Get, "datasets", Browser);
        using var second = await AskAsync(server, HttpMethod.Get, "datasets", Browser);
        Assert.Equal((200, 429), ((int)first.StatusCode, (int)second.StatusCode));
        Assert.Equal(Browser, Header(second, "Access-Control-Allow-Origin"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("browser.example")]
    [InlineData("https://browser.example/")]
    [InlineData("https://browser.example/app")]
    [InlineData("ftp://browser.example")]
    public async Task Values_that_are_not_origins_are_refused(string origin) =>
        Assert.Contains($"The origin '{origin}' is invalid.", (await Assert.ThrowsAsync<ArgumentException>(() => StartAsync(origin))).Message, StringComparison.Ordinal);

    private static Task<MlHubSandbox> StartAsync(params string[] origins) => MlHubSandbox.StartAsync(new MlHubServerOptions { CorsOrigins = origins });

    private static async Task<HttpResponseMessage> AskAsync(MlHubSandbox server, HttpMethod method, string path, string origin, string? headers = null)
    {
        using var client = SandboxServer.ClientOf(server.RootUrl);
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Add("Origin", origin);
        if (headers is not null)
        {
            request.Headers.Add("Access-Control-Request-Method", "GET");
            request.Headers.Add("Access-Control-Request-Headers", headers);
        }

        return await client.SendAsync(request);
    }

    private static string Header(HttpResponseMessage response, string name) => string.Join(',', response.Headers.GetValues(name));
}
