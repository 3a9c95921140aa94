namespace MlHub.Server.Tests.StacApi;

public sealed class SearchTimeoutTests
{
    [Fact]
    public async Task A_search_that_takes_too_long_is_a_422_that_says_what_to_do()
    {
        await using var hub = new OneItemHub("one", "item") { SearchesForever = true };
        await using var server = await MlHubServer.StartAsync(hub, new MlHubServerOptions { Limits = new MlHubServerLimits { SearchTimeout = TimeSpan.FromMilliseconds(1) } });
        using var client = new HttpClient();
        using var response = await client.GetAsync(new Uri(server.RootUrl, $"search?key={server.ApiKey}"));
        Assert.Equal(422, (int)response.StatusCode);
        Assert.Equal("""{"detail":"The search took too long. Narrow it by collections, datetime or bbox."}""", await response.Content.ReadAsStringAsync());
    }
}
