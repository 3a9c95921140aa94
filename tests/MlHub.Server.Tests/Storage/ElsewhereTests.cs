using System.Net;

namespace MlHub.Server.Tests;

/// <summary>A file of another server is not sent: clients are led to it.</summary>
public sealed class ElsewhereTests
{
    private static readonly Uri Location = new("https://bucket.example.org/a%20b/c.tar.gz?x=1");

    [Theory]
    [InlineData("GET", "mlhub/v1/archive/c?key=the-key")]
    [InlineData("HEAD", "mlhub/v1/archive/c?key=the-key")]
    [InlineData("GET", "storage/mlhub/archives/c.tar.gz")]
    [InlineData("HEAD", "storage/mlhub/archives/c.tar.gz")]
    public async Task The_API_and_the_storage_redirect_to_it(string method, string path)
    {
        await using var server = await ServeAsync();
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri($"http://{server.RootUrl.Authority}/{path}"));

        using var response = await client.SendAsync(request);

        Assert.Equal((HttpStatusCode.SeeOther, Location.AbsoluteUri), (response.StatusCode, response.Headers.Location?.AbsoluteUri));
        Assert.Empty(await response.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task The_size_of_a_bucket_is_known_without_a_request()
    {
        await using var server = await ServeAsync();
        using var client = new HttpClient();

        var info = await client.GetStringAsync(new Uri(server.RootUrl, "archive/c/info?key=the-key"));

        Assert.Contains("\"size\":4711", info, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("file:///etc/passwd")]
    [InlineData("ftp://example.org/a")]
    public void Only_http_and_https_addresses_are_accepted(string location) => Assert.Throws<ArgumentException>(() => HubFile.At(new Uri(location), 1, "text/plain", DateTimeOffset.UnixEpoch));

    private static Task<MlHubServer> ServeAsync() => MlHubServer.StartAsync(
        new OneItemHub("c", "i") { ArchiveFile = HubFile.At(Location, 4711, "application/gzip", DateTimeOffset.UnixEpoch) }, new MlHubServerOptions { ApiKeys = ["the-key"] });
}
