using System.Net;

namespace MlHub.Sdk.Tests.Errors;

public sealed class ErrorTests
{
    [Theory]
    [InlineData("""{"detail": "Dataset crops does not exist."}""", "application/json", "Dataset crops does not exist.")]
    [InlineData("<!doctype html><html><head><style>p{}</style></head><body><h1>Not&nbsp;Found</h1>\n<p>No &lt;such&gt; page</p></body></html>", "text/html", "Not Found No <such> page")]
    [InlineData("""{"detail": [{"loc": ["path"], "msg": "bad"}]}""", "application/json", """[{"loc": ["path"], "msg": "bad"}]""")]
    [InlineData("", "text/html", null)]
    [InlineData("""{"\ud800": 1, "detail": "Quota"}""", "application/json", "Quota")]
    [InlineData("""{"detail": null, "message": "Quota"}""", "application/json", "Quota")]
    [InlineData("""{"detail": "\ud800"}""", "application/json", "\"\\ud800\"")]
    [InlineData("""{"detail": "No\u0000such\u001bitem"}""", "application/json", @"No\u0000such\u001bitem")]
    [InlineData("""{"detail": "No\r\n such\titem"}""", "application/json", "No such item")]
    [InlineData("""{"detail": "\uD800"}""", "application/json", "\"\\uD800\"")]
    public async Task A_failure_contains_the_servers_message(string body, string type, string? words)
    {
        var hub = new FakeHub().Answers("datasets/crops", body, HttpStatusCode.NotFound, type);
        using var client = hub.Client();

        var e = await Assert.ThrowsAsync<EntityDoesNotExistException>(() => client.Datasets.GetAsync("crops"));

        Assert.Equal(words?.Replace(' ', ' '), e.ServerMessage?.Replace(' ', ' '));
        Assert.Equal(HttpStatusCode.NotFound, e.StatusCode);
        Assert.Equal("https://hub.example/mlhub/v1/datasets/crops", e.RequestUrl!.AbsoluteUri);
    }

    [Theory]
    [InlineData("datasets/a%20b", "There is no dataset \"a b\" (404, https://hub.example/mlhub/v1/datasets/a%20b).")]
    [InlineData("datasets/doi/10.5/x", "There is no dataset with the DOI \"10.5/x\" (404, https://hub.example/mlhub/v1/datasets/doi/10.5/x).")]
    [InlineData("collections/c/items?limit=5", "There is no collection \"c\" (404, https://hub.example/mlhub/v1/collections/c/items?limit=5).")]
    [InlineData("collections/c/items/i", "There is no item \"i\" in a collection \"c\" (404, https://hub.example/mlhub/v1/collections/c/items/i).")]
    [InlineData("models/m", "There is no model \"m\" (404, https://hub.example/mlhub/v1/models/m).")]
    [InlineData("archive/c/info", "There is no archive of a collection \"c\" (404, https://hub.example/mlhub/v1/archive/c/info).")]
    [InlineData("catalog/d/info", "There is no catalogue of a dataset \"d\" (404, https://hub.example/mlhub/v1/catalog/d/info).")]
    [InlineData("other", "https://hub.example/mlhub/v1/other does not exist (404).")]
    public async Task The_message_of_a_404_names_what_does_not_exist(string path, string message)
    {
        using var client = new FakeHub().Client();

        Assert.Equal(message, (await Assert.ThrowsAsync<EntityDoesNotExistException>(() => client.GetJsonAsync(path))).Message);
    }

    [Theory]
    [InlineData(HttpStatusCode.Unauthorized)]
    [InlineData(HttpStatusCode.Forbidden)]
    public async Task A_refused_key_is_an_authentication_exception(HttpStatusCode status)
    {
        var hub = new FakeHub().Answers("datasets/crops", """{"detail": "No."}""", status);
        using var client = hub.Client();

        var e = await Assert.ThrowsAsync<MlHubAuthenticationException>(() => client.Datasets.GetAsync("crops"));

        Assert.Equal(
            $"The API key that was given was refused ({(int)status}, https://hub.example/mlhub/v1/datasets/crops): give another one. The server said: No.", e.Message);
    }

    [Fact]
    public async Task The_address_of_a_failure_shows_the_request_without_secrets()
    {
        using var client = new FakeHub().Client();

        var e = await Assert.ThrowsAsync<EntityDoesNotExistException>(() => client.GetJsonAsync("https://user:s3cr3t@hub.example/mlhub/v1/x?limit=5&sig=s3cr3t&s3cr3t#s3cr3t"));

        Assert.Equal("https://hub.example/mlhub/v1/x?limit=5&sig=***&***", e.RequestUrl!.AbsoluteUri);
        Assert.DoesNotContain("s3cr3t", e.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_download_exception_without_a_reason_has_the_reason_unknown()
    {
        Assert.Equal(DownloadFailure.Unknown, new DownloadException().Reason);
        Assert.Equal(DownloadFailure.Unknown, new DownloadException("It failed.").Reason);
        Assert.Equal(DownloadFailure.Unknown, new DownloadException("It failed.", new IOException()).Reason);
        Assert.Equal(DownloadFailure.Network, new DownloadException(DownloadFailure.Network, "It failed.").Reason);
    }

    [Theory]
    [InlineData("<html>Welcome</html>", "text/html", "is not valid JSON (text/html), for https://hub.example/mlhub/v1/datasets/crops. Is the root URL that of an MLHub API?")]
    [InlineData("", "application/json", "is empty (application/json), for https://hub.example/mlhub/v1/datasets/crops. Is the root URL that of an MLHub API?")]
    [InlineData("{\"id\": \"crops\", \"coll", "application/json", "ends in the middle of its JSON (application/json), byte 21, for https://hub.example/mlhub/v1/datasets/crops. Try again.")]
    [InlineData("[]", "application/json", "is not a dataset")]
    [InlineData("{}", "application/json", "is not a dataset")]
    [InlineData("null", "application/json", "is not a dataset")]
    [InlineData("""{"id": null, "collections": []}""", "application/json", "is not a dataset: it has no id")]
    [InlineData("[1,]", "application/json", "is not valid JSON (application/json), for ")]
    [InlineData("{} {}", "application/json", "is not valid JSON (application/json), byte 3, for https://hub.example/mlhub/v1/datasets/crops.")]
    public async Task A_successful_response_with_the_wrong_JSON_is_an_exception(string body, string type, string says)
    {
        var hub = new FakeHub().Answers("datasets/crops", body, type: type);
        using var client = hub.Client();

        var e = await Assert.ThrowsAsync<MlHubException>(() => client.Datasets.GetAsync("crops"));

        Assert.Contains(says, e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"features": {}}""")]
    [InlineData("""{"type": "FeatureCollection"}""")]
    [InlineData("""{"features": "none"}""")]
    [InlineData("""{"features": [], "links": []""")]
    [InlineData("""{"features": [] "links": []}""")]
    [InlineData("""{"features": [],}""")]
    [InlineData("""{"features": [,]}""")]
    [InlineData("""{"features": [], "x": }""")]
    [InlineData("""{"features": []}, {}""")]
    [InlineData("""{"features": []} x""")]
    [InlineData("{features: []}")]
    [InlineData("<html></html>")]
    [InlineData("")]
    [InlineData("[]")]
    public async Task A_page_with_the_wrong_JSON_is_an_exception(string body)
    {
        var hub = new FakeHub().Answers("collections/c/items", body);
        using var client = hub.Client();

        await Assert.ThrowsAsync<MlHubException>(async () => await client.Collections.ListItemsAsync("c").CountAsync());
    }

    [Theory]
    [InlineData("""{"collections": 3}""")]
    [InlineData("[]")]
    public async Task A_list_of_collections_with_the_wrong_JSON_is_an_exception(string body)
    {
        var hub = new FakeHub().Answers("collections", body);
        using var client = hub.Client();

        await Assert.ThrowsAsync<MlHubException>(async () => await client.Collections.ListAsync().CountAsync());
    }

    [Fact]
    public async Task A_list_of_datasets_with_the_wrong_JSON_is_an_exception()
    {
        var hub = new FakeHub().Answers("datasets", "{}");
        using var client = hub.Client();

        await Assert.ThrowsAsync<MlHubException>(async () => await client.Datasets.ListAsync().CountAsync());
    }

    [Fact]
    public async Task A_body_that_breaks_off_is_an_exception()
    {
        var hub = new FakeHub().Answers("datasets/crops", _ => new HttpResponseMessage { Content = new StreamContent(new BrokenStream()) });
        using var client = hub.Client();

        var e = await Assert.ThrowsAsync<MlHubException>(() => client.Datasets.GetAsync("crops"));

        Assert.Contains("broke in the middle of the response", e.Message, StringComparison.Ordinal);
    }

    private sealed class BrokenStream : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            throw new HttpIOException(HttpRequestError.ResponseEnded, "The response ended prematurely.");
    }
}
