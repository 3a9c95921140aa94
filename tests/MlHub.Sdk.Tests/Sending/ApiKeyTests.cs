using System.Net;

namespace MlHub.Sdk.Tests.Sending;

public sealed class ApiKeyTests
{
    private const string Escaped = "s3cr3t%2Fkey%2Bwith%3Dodd%26chars%25";

    [Fact]
    public async Task The_key_is_escaped_once_and_added_to_requests_under_the_root()
    {
        var hub = new FakeHub().Answers("datasets/crops", Json.DatasetA);
        using var client = hub.Client();

        await client.Datasets.GetAsync("crops");

        Assert.Equal($"https://hub.example/mlhub/v1/datasets/crops?key={Escaped}", Assert.Single(hub.Requests).AbsoluteUri);
    }

    [Fact]
    public async Task A_next_link_that_carries_a_key_is_followed_with_the_key_once()
    {
        var hub = new FakeHub()
            .Answers("collections/c/items", Json.Page([Json.Item("1")], $"https://hub.example/mlhub/v1/collections/c/items?key={Escaped}&token=next:1"))
            .Answers("collections/c/items?token=next:1", Json.Page([Json.Item("2")]));
        using var client = hub.Client();

        var items = await client.Collections.ListItemsAsync("c").ToListAsync();

        Assert.Equal(["1", "2"], items.Select(item => item.Id));
        Assert.Equal($"https://hub.example/mlhub/v1/collections/c/items?token=next:1&key={Escaped}", hub.Requests[1].AbsoluteUri);
    }

    [Theory]
    [InlineData("https://elsewhere.example/mlhub/v1/x")]
    [InlineData("https://hub.example:8443/mlhub/v1/x")]
    [InlineData("https://hub.example/mlhub/v2/x")]
    [InlineData("https://hub.example/mlhub/v1evil/x")]
    [InlineData("https://hub.example.evil.example/mlhub/v1/x")]
    public async Task A_request_elsewhere_gets_no_key(string url)
    {
        var hub = new FakeHub().Answers(url, "{}");
        using var client = hub.Client();

        await client.GetJsonAsync(url);

        Assert.Equal(url, Assert.Single(hub.Requests).AbsoluteUri);
    }

    [Fact]
    public async Task A_redirect_to_another_host_gets_no_key_even_if_the_server_put_it_into_the_address()
    {
        var hub = new FakeHub()
            .Redirects("datasets/crops", $"https://storage.example/crops.json?v=1&key={Escaped}")
            .Answers("https://storage.example/crops.json?v=1", Json.DatasetA);
        using var client = hub.Client();

        await client.Datasets.GetAsync("crops");

        Assert.Equal("https://storage.example/crops.json?v=1", hub.Requests[1].AbsoluteUri);
    }

    [Theory]
    [InlineData("https://other.example/login?return_to=https%3A%2F%2Fhub.example%2Fx%3Fkey%3Ds3cr3t%252Fkey%252Bwith%253Dodd%2526chars%2525")]
    [InlineData("https://other.example/s3cr3t%2Fkey%2Bwith=odd&chars%25/x.json")]
    public async Task A_redirect_to_another_host_with_a_hidden_key_is_not_followed(string location)
    {
        var hub = new FakeHub().Redirects("datasets/crops", location).Redirects("archive/crops", location);
        using var client = hub.Client();

        var called = await Assert.ThrowsAsync<MlHubException>(() => client.Datasets.GetAsync("crops"));
        var downloaded = await Assert.ThrowsAnyAsync<MlHubException>(() => client.Archives.DownloadAsync("crops", Path.GetTempPath()));

        Assert.All(hub.Requests, url => Assert.Equal("hub.example", url.Host));
        Assert.DoesNotContain("s3cr3t", called + downloaded.ToString(), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_key_in_a_reason_phrase_or_a_header_is_removed_from_the_response()
    {
        var hub = new FakeHub().Answers("x", _ =>
        {
            var response = new HttpResponseMessage { ReasonPhrase = $"OK for {FakeHub.Key}", Content = new StringContent("{}") };
            response.Headers.TryAddWithoutValidation("X-Echo", $"key={Escaped}");
            return response;
        });
        using var client = hub.Client();

        using var response = await client.SendAsync(new HttpRequestMessage(HttpMethod.Get, "x"));

        Assert.DoesNotContain("s3cr3t", response.ToString(), StringComparison.OrdinalIgnoreCase);
        Assert.Equal("OK for ***", response.ReasonPhrase);
    }

    [Fact]
    public async Task A_key_in_an_exception_of_the_connection_is_removed()
    {
        var hub = new FakeHub().Answers("x", _ => throw new HttpRequestException($"Received an invalid status line: '{FakeHub.Key}'", new IOException(FakeHub.Key)));
        using var client = hub.Client();

        var e = await Assert.ThrowsAsync<MlHubException>(() => client.GetJsonAsync("x"));

        Assert.DoesNotContain("s3cr3t", e.ToString(), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_redirect_to_plain_http_is_refused()
    {
        var hub = new FakeHub().Redirects("datasets/crops", "http://hub.example/mlhub/v1/datasets/crops");
        using var client = hub.Client();

        var e = await Assert.ThrowsAsync<MlHubException>(() => client.Datasets.GetAsync("crops"));

        Assert.Contains("plain http", e.Message, StringComparison.Ordinal);
        Assert.Single(hub.Requests);
    }

    [Fact]
    public async Task Endless_redirects_are_an_error()
    {
        var hub = new FakeHub().Redirects("datasets/crops", "crops");
        using var client = hub.Client();

        var e = await Assert.ThrowsAsync<MlHubException>(() => client.Datasets.GetAsync("crops"));

        Assert.Contains("more than 10 times", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://mirror.example/v1/", false)]
    [InlineData("http://127.0.0.1:8080/v1/", true)]
    [InlineData("http://[::1]:8080/v1/", true)]
    [InlineData("http://localhost/v1/", true)]
    [InlineData("http://localhost.evil.example/v1/", false)]
    [InlineData("http://127.0.0.1.evil.example/v1/", false)]
    public async Task Over_plain_http_the_key_is_sent_only_to_loopback(string root, bool sent)
    {
        var hub = new FakeHub { Root = new Uri(root) }.Answers("datasets/crops", Json.DatasetA);
        using var client = hub.Client();

        await client.Datasets.GetAsync("crops");

        Assert.Equal(sent, Assert.Single(hub.Requests).Query.Contains("key=", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_refusal_explains_that_the_key_was_withheld_over_http()
    {
        var hub = new FakeHub { Root = new Uri("http://mirror.example/v1/") }
            .Answers("collections/c/items/i", """{"detail":"Must provide API key"}""", HttpStatusCode.Unauthorized);
        using var client = hub.Client();

        var e = await Assert.ThrowsAsync<MlHubAuthenticationException>(() => client.Collections.GetItemAsync("c", "i"));

        Assert.Contains("it was not sent, because over plain http", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_anonymous_profile_sends_no_key()
    {
        var hub = new FakeHub().Answers("datasets/crops", Json.DatasetA);
        using var client = hub.Client(key: null);

        await client.Datasets.GetAsync("crops");

        Assert.Empty(Assert.Single(hub.Requests).Query);
    }

    [Fact]
    public async Task The_request_of_a_returned_response_does_not_contain_the_key()
    {
        var hub = new FakeHub().Answers("x", "{}");
        using var client = hub.Client();

        using var response = await client.SendAsync(new HttpRequestMessage(HttpMethod.Get, "/x"));

        Assert.Equal("https://hub.example/mlhub/v1/x", response.RequestMessage!.RequestUri!.AbsoluteUri);
    }

    [Theory]
    [InlineData("{\"detail\":\"The key s3cr3t/key+with=odd&chars% is wrong\"}")]
    [InlineData("{\"detail\":\"The key s3cr3t/key\\u002Bwith=odd\\u0026chars% is wrong\"}")]
    [InlineData("<html><body>No such page: /x?key=s3cr3t%2Fkey%2Bwith%3Dodd%26chars%25</body></html>")]
    [InlineData("<html><body>s3cr3t/key+with=odd&amp;chars%</body></html>")]
    [InlineData("<html><body>/x?key=s3cr3t/key%2Bwith%3Dodd%26chars%25</body></html>")]
    [InlineData("<html><body>s3cr3t&#x2F;key&#43;with=odd&amp;chars&#37;</body></html>")]
    [InlineData("{\"detail\":{\"key\":\"s3cr3t\\u002fkey+with=odd&chars%\"}}")]
    [InlineData("{\"detail\":{\"key\":\"s3cr3t\\/key+with=odd&chars%\"}}")]
    [InlineData("{\"reason\":\"{\\\"key\\\":\\\"s3cr3t\\\\\\/key\\\\u002Bwith=odd&chars%\\\"}\"}")]
    [InlineData("/login?return_to=https%3A%2F%2Fhub.example%2F%3Fkey%3Ds3cr3t%252Fkey%252Bwith%253Dodd%2526chars%2525")]
    public async Task A_key_that_the_server_echoes_does_not_appear_in_messages(string body)
    {
        var hub = new FakeHub().Answers("datasets/crops", body, HttpStatusCode.Unauthorized);
        using var client = hub.Client();

        var e = await Assert.ThrowsAsync<MlHubAuthenticationException>(() => client.Datasets.GetAsync("crops"));

        Assert.DoesNotContain("s3cr3t", e.ToString(), StringComparison.OrdinalIgnoreCase);
        Assert.Contains("***", e.ServerMessage, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("s3cr3t/r+t é=1&x%41", """{"reason":"no s3cr3t\/r+t \u00e9=1&x%41"}""")]
    [InlineData("s3cr3t\"k\\y/1", """{"reason":"no s3cr3t\"k\\y\/1"}""")]
    public async Task A_key_with_JSON_escapes_does_not_appear_in_messages(string key, string body)
    {
        var hub = new FakeHub().Answers("archive/crops", body, HttpStatusCode.NotFound);
        using var client = hub.Client(key);

        var e = await Assert.ThrowsAsync<EntityDoesNotExistException>(() => client.Archives.DownloadAsync("crops", Path.GetTempPath()));

        Assert.DoesNotContain("s3cr3t", e.ToString(), StringComparison.OrdinalIgnoreCase);
        Assert.Contains("***", e.ServerMessage, StringComparison.Ordinal);
    }

    // Of a long page 64 KiB are read: half a key is not known for one.
    [Theory]
    [InlineData(FakeHub.Key)]
    [InlineData(Escaped)]
    [InlineData("s3cr3t%252Fkey%252Bwith%253Dodd%2526chars%2525")]
    public async Task A_key_cut_by_the_length_limit_of_a_page_does_not_appear_in_messages(string spelling)
    {
        var (text, inKey) = ("<html><body>No entry.", spelling.Length / 2);
        var style = $"<style>{new string('x', (64 * 1024) - text.Length - "<style></style>".Length - inKey)}</style>";
        var hub = new FakeHub().Answers("datasets/crops", text + style + spelling + new string('.', 70_000), HttpStatusCode.Unauthorized);
        using var client = hub.Client();

        var e = await Assert.ThrowsAsync<MlHubAuthenticationException>(() => client.Datasets.GetAsync("crops"));

        Assert.DoesNotContain("s3cr3t", e.ToString(), StringComparison.OrdinalIgnoreCase);
        Assert.Equal("No entry.", e.ServerMessage);
    }

    [Fact]
    public async Task A_key_that_a_server_repeats_in_a_refusal_does_not_appear_in_messages()
    {
        var hub = new FakeHub().Answers("archive/crops", $$"""{"detail":"{{FakeHub.Key}} is wrong"}""", HttpStatusCode.Unauthorized);
        using var client = hub.Client();

        var e = await Assert.ThrowsAsync<MlHubAuthenticationException>(() => client.Archives.DownloadAsync("crops", Path.GetTempPath()));

        Assert.DoesNotContain("s3cr3t", e.ToString(), StringComparison.OrdinalIgnoreCase);
        Assert.Equal("*** is wrong", e.ServerMessage);
    }

    [Fact]
    public async Task Requests_have_a_User_Agent_and_an_Accept_header()
    {
        var hub = new FakeHub().Answers("datasets/crops", Json.DatasetA);
        using var client = hub.Client(change: settings => settings.ApplicationName = "my-service/1.2 (team; data)");

        await client.Datasets.GetAsync("crops");

        var headers = Assert.Single(hub.Messages).Headers;
        Assert.Matches(@"^MlHub\.Sdk/\d+\.\d+\.\d+(-[0-9a-z.]+)? \([^()]+; \.NET [^()]+\) my-service/1\.2 \(team; data\)$", string.Join(' ', headers.NonValidated["User-Agent"]));
        Assert.Contains("application/json", string.Join(',', headers.NonValidated["Accept"]), StringComparison.Ordinal);
    }
}
