using System.Net;

namespace MlHub.Sdk.Tests.Sending;

/// <summary>What lies under the root URL, for every server on the way: there the key goes, and nowhere else.</summary>
public sealed class RootPathTests
{
    [Theory]
    [InlineData("x", true)]
    [InlineData("x/%2E%2E/y", true)]
    [InlineData("x/..%2Fy", true)]
    [InlineData("x/%252E%252E%252Fy", true)]
    [InlineData("x/y%2F..%2F..%2Fz", false)]
    [InlineData("x%2Fy%2F..%2Fz/..%5Cw", false)]
    [InlineData("..%2Fother/x", false)]
    [InlineData("..%2fother/x", false)]
    [InlineData("%2e%2e%2fother", false)]
    [InlineData("%2E%2e/%2e%2E/other", false)]
    [InlineData("..%5cother", false)]
    [InlineData("%2e.%5Cother", false)]
    [InlineData(".%2e%2Fother", false)]
    [InlineData("..%252fother", false)]
    [InlineData("%252e%252e%252fother", false)]
    [InlineData("%25252525252e%25252525252e%25252fother", false)]
    [InlineData("x/..%2F..%2Fother", false)]
    [InlineData("x//..%2F..%2Fother", false)]
    [InlineData("x/%2F..%2F..%2Fother", false)]
    [InlineData("x%2Fy/%2e%2e/%2e%2e/other", false)]
    [InlineData("./..%2fother", false)]
    [InlineData("%2e/..%2fother", false)]
    [InlineData("..;/other", false)]
    [InlineData("..;a=b%2fother", false)]
    [InlineData("..%3Bx/other", false)]
    [InlineData("..%00/other", false)]
    [InlineData("..%20/other", false)]
    [InlineData("%c0%ae%c0%ae/other", false)]
    [InlineData("%u002e%u002e/other", false)]
    [InlineData("a..b/..c/d../e", true)]
    [InlineData("100%25/2%2B2", true)]
    public async Task The_key_is_not_sent_to_paths_that_could_leave_the_root(string path, bool goes)
    {
        var hub = new FakeHub().Answers($"{path}?x=1", "{}");
        var url = ExactUri.Create($"https://hub.example/mlhub/v1/{path}?x=1");
        using var client = hub.Client();

        await GetAsync(client, url);

        Assert.Equal(goes, Assert.Single(hub.Requests).Query.Contains("key=", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_redirect_that_leaves_the_root_after_decoding_gets_no_key()
    {
        var hub = new FakeHub().Redirects("datasets/crops", "/mlhub/v1/..%2Fother/x").Answers("..%2Fother/x", Json.DatasetA);
        using var client = hub.Client();

        await client.Datasets.GetAsync("crops");

        Assert.Equal("https://hub.example/mlhub/v1/..%2Fother/x", hub.Requests[1].AbsoluteUri);
    }

    [Theory]
    [InlineData("../../x")]
    [InlineData("..\\..\\x")]
    [InlineData("%2e%2e/../x")]
    [InlineData("a/../../../x")]
    public async Task An_id_that_leads_out_of_the_root_is_not_requested(string id)
    {
        var hub = new FakeHub();
        using var client = hub.Client();

        var error = await Assert.ThrowsAsync<MlHubException>(() => client.Datasets.GetByIdAsync(id));
        var archive = Assert.Throws<MlHubException>(() => client.Archives.CreateRequest(id, "data"));

        Assert.Equal("No request was sent, because the id contains \"..\", which could lead outside the root URL. Check the id.", error.Message);
        Assert.Equal(error.Message, archive.Message);
        Assert.Empty(hub.Requests);
    }

    [Theory]
    [InlineData("https://hub.example/mlhub/v1")]
    [InlineData("https://hub.example/mlhub/v1/")]
    [InlineData("https://hub.example/mlhub/v1//")]
    [InlineData("https://hub.example/mlhub/v1////")]
    [InlineData("https://hub.example//mlhub//v1/")]
    [InlineData("HTTPS://HUB.Example:443/mlhub/v1/")]
    [InlineData("https://hub.example:/mlhub/v1/")]
    [InlineData("https://hub.example/mlhub/x/../v1/./")]
    [InlineData("https://hub.example/mlhub/v%31/")]
    [InlineData("https://hub.example/mlhub\\v1\\")]
    public async Task All_forms_of_a_root_URL_are_equal_and_requests_under_it_get_the_key(string root)
    {
        var hub = new FakeHub().Answers("collections", """{"collections": []}""");
        using var client = new MlHubClient(new MlHubClientOptions { ApiKey = "k", RootUrl = new Uri(root) }, hub);

        await client.Collections.ListAsync().CountAsync();
        await client.GetJsonAsync("/collections");
        await client.GetJsonAsync("HTTPS://Hub.Example:443/mlhub/v1/collections");

        Assert.Equal("https://hub.example/mlhub/v1/", client.RootUrl.AbsoluteUri);
        Assert.All(hub.Requests, url => Assert.Equal("https://hub.example/mlhub/v1/collections?key=k", url.AbsoluteUri));
    }

    [Theory]
    [InlineData("https://hüb.example/v1", "https://xn--hb-xka.example/v1/")]
    [InlineData("https://XN--HB-XKA.example/v1//", "https://xn--hb-xka.example/v1/")]
    [InlineData("http://[::1]:80//v1", "http://[::1]/v1/")]
    [InlineData("http://[0:0::1]:8080", "http://[::1]:8080/")]
    [InlineData("http://127.0.0.1:8080//", "http://127.0.0.1:8080/")]
    [InlineData("https://hub.example/a%20b/%C3%A4", "https://hub.example/a%20b/%C3%A4/")]
    public async Task Every_host_has_one_normal_form(string root, string expected)
    {
        var hub = new FakeHub { Root = new Uri(expected) }.Answers("collections", """{"collections": []}""");
        using var client = new MlHubClient(new MlHubClientOptions { ApiKey = "k", RootUrl = new Uri(root) }, hub);

        await client.Collections.ListAsync().CountAsync();

        Assert.Equal(expected, client.RootUrl.AbsoluteUri);
        Assert.Equal("?key=k", Assert.Single(hub.Requests).Query);
    }

    // Uri would tidy the path. A DownloadRequest and a message carry it as it is.
    private static async Task GetAsync(MlHubClient client, Uri url)
    {
        using var response = await client.SendAsync(new HttpRequestMessage(HttpMethod.Get, url));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }
}
