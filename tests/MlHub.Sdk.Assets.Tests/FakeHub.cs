using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace MlHub.Sdk.Assets.Tests;

/// <summary>A hub with one dataset, <c>set</c>, whose catalogue a test makes. Every address outside the API is a file whose bytes are made from its path.</summary>
internal sealed class FakeHub : HttpMessageHandler
{
    private static readonly Uri Root = new("https://hub.test/mlhub/v1/");

    public FakeHub(Catalogue catalogue) => Catalogue = catalogue.ToBytes();

    public byte[] Catalogue { get; set; }

    /// <summary>Answers instead of the hub, for some requests.</summary>
    public Func<Uri, HttpResponseMessage?>? Instead { get; set; }

    /// <summary>Answers requests to the API instead of the catalogue.</summary>
    public Func<Uri, HttpResponseMessage>? Api { get; set; }

    /// <summary>The requests for files, in order.</summary>
    public ConcurrentQueue<string> FileRequests { get; } = new();

    public static byte[] BytesOf(string path) => Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat($"\u0001{path}\n", 20)));

    public Dataset Dataset(TransferOptions? transfer = null, TimeProvider? time = null) => MlHub.Sdk.Dataset.FromJson(JsonElement.Parse("""{"id": "set"}"""), Client(transfer, time));

    /// <summary>The dataset, with these collections.</summary>
    public Dataset DatasetOf(params string[] collections) => MlHub.Sdk.Dataset.FromJson(
        JsonElement.Parse($$"""{"id": "set", "collections": [{{string.Join(", ", collections.Select(id => $$"""{"id": "{{id}}"}"""))}}]}"""), Client());

    public MlHubClient Client(TransferOptions? transfer = null, TimeProvider? time = null) => new(
        new MlHubClientOptions { RootUrl = Root, ApiKey = "s3cr3t", Transfer = transfer ?? new TransferOptions { MaxRetries = 1, RetryBaseDelay = TimeSpan.Zero } }, this, timeProvider: time);

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var url = request.RequestUri!;
        if (Root.IsBaseOf(url))
        {
            return Task.FromResult(Api?.Invoke(url) ?? Whole(Catalogue, "application/gzip"));
        }

        Assert.DoesNotContain("s3cr3t", url.AbsoluteUri, StringComparison.Ordinal);
        FileRequests.Enqueue(url.AbsolutePath);
        return Task.FromResult(Instead?.Invoke(url) ?? Whole(BytesOf(url.AbsolutePath), "image/tiff"));
    }

    public static HttpResponseMessage Whole(byte[] bytes, string type) => new(HttpStatusCode.OK)
    {
        Content = new ByteArrayContent(bytes) { Headers = { ContentType = new MediaTypeHeaderValue(type) } },
        Headers = { ETag = new EntityTagHeaderValue($"\"{Convert.ToHexString(SHA256.HashData(bytes))}\"") },
    };
}
