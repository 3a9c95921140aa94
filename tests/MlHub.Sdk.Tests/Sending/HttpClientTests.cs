using System.Text;
using Microsoft.Extensions.DependencyInjection;

namespace MlHub.Sdk.Tests.Sending;

/// <summary>A client over an HttpClient that somebody else made and owns.</summary>
public sealed class HttpClientTests : IDisposable
{
    private static readonly Func<HttpMessageHandler> Right = () => new SocketsHttpHandler { AllowAutoRedirect = false };
    private readonly string _output = Directory.CreateTempSubdirectory("mlhub-").FullName;

    public void Dispose() => Directory.Delete(_output, recursive: true);

    [Fact]
    public async Task A_client_is_injected_by_AddHttpClient_and_sends_through_its_handlers()
    {
        using var hub = LoopbackServer.Answering($"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{Json.DatasetA}");
        var seen = new List<string>();
        var services = new ServiceCollection();
        services.AddHttpClient<MlHubClient, MlHubClient>(http => new MlHubClient(http, Options(hub.Port)))
            .ConfigurePrimaryHttpMessageHandler(Right)
            .AddHttpMessageHandler(() => new Watcher(seen));
        using var provider = services.BuildServiceProvider();

        var dataset = await provider.GetRequiredService<MlHubClient>().Datasets.GetAsync("crops");

        Assert.Equal("crops", dataset.Id);
        Assert.Equal(["/mlhub/v1/datasets/crops"], seen);
    }

    [Fact]
    public void A_container_creates_a_client_without_a_factory()
    {
        var services = new ServiceCollection();
        services.AddHttpClient<MlHubClient>().ConfigurePrimaryHttpMessageHandler(Right);
        using var provider = services.BuildServiceProvider();

        Assert.NotNull(provider.GetRequiredService<MlHubClient>().Downloader);
    }

    [Fact]
    public async Task The_default_headers_of_an_HttpClient_are_sent_and_its_base_address_is_not_used()
    {
        var head = "";
        using var hub = new LoopbackServer(async stream =>
        {
            head = await LoopbackServer.ReadHeadAsync(stream);
            await stream.WriteAsync(Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"));
        });
        using var http = new HttpClient(Right()) { BaseAddress = new Uri("http://127.0.0.1:1/"), DefaultRequestHeaders = { { "X-Tenant", "7" } } };
        using var client = new MlHubClient(http, Options(hub.Port));

        await client.GetJsonAsync("x");

        Assert.StartsWith("GET /mlhub/v1/x?key=k3y-of-the-hub HTTP/1.1\r\n", head, StringComparison.Ordinal);
        Assert.Contains("X-Tenant: 7", head, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Authorization", "Bearer s3cr3t-of-the-caller")]
    [InlineData("Cookie", "session=s3cr3t-of-the-caller")]
    public async Task Credentials_of_a_request_are_not_sent_to_the_other_host_of_a_redirect(string header, string value)
    {
        List<string> heads = [];
        async Task AnswerAsync(Stream stream, string answer)
        {
            heads.Add(await LoopbackServer.ReadHeadAsync(stream));
            await stream.WriteAsync(Encoding.ASCII.GetBytes(answer));
        }

        using var storage = new LoopbackServer(stream => AnswerAsync(stream, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"));
        using var hub = new LoopbackServer(stream =>
            AnswerAsync(stream, $"HTTP/1.1 303 See Other\r\nLocation: http://127.0.0.1:{storage.Port}/b\r\nContent-Length: 0\r\n\r\n"));
        using var http = new HttpClient(Right());
        using var client = new MlHubClient(http, Options(hub.Port));
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(client.RootUrl, "x")) { Headers = { { header, value }, { "X-Tenant", "7" } } };

        using var response = await client.SendAsync(request);

        Assert.Equal(2, heads.Count);
        Assert.Contains($"{header}: {value}", heads[0], StringComparison.Ordinal);
        Assert.DoesNotContain("s3cr3t", heads[1], StringComparison.Ordinal);
        Assert.Contains("X-Tenant: 7", heads[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_HttpClient_stays_usable_when_the_client_is_disposed_of()
    {
        using var hub = LoopbackServer.Answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}");
        using var http = new HttpClient(Right());
        using (var client = new MlHubClient(http, Options(hub.Port)))
        {
            await client.GetJsonAsync("x");
        }

        Assert.Equal("{}", await http.GetStringAsync(new Uri($"http://127.0.0.1:{hub.Port}/")));
    }

    [Fact]
    public async Task The_time_out_of_an_HttpClient_is_a_failure_and_not_a_cancellation()
    {
        using var hub = new LoopbackServer(_ => Task.Delay(Timeout.Infinite));
        using var http = new HttpClient(Right()) { Timeout = TimeSpan.FromMilliseconds(50) };
        using var client = new MlHubClient(http, Options(hub.Port));

        var error = await Assert.ThrowsAsync<MlHubException>(() => client.GetJsonAsync("x"));

        Assert.Contains("no response began within 0.05 s (HttpClient.Timeout)", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Authorization", "Bearer x")]
    [InlineData("Cookie", "a=b")]
    public void Credentials_in_default_headers_are_rejected(string header, string value)
    {
        using var http = new HttpClient(Right()) { DefaultRequestHeaders = { { header, value } } };

        var error = Assert.Throws<ArgumentException>(() => new MlHubClient(http));

        Assert.Equal("httpClient", error.ParamName);
        Assert.StartsWith($"The HttpClient has {header} in its DefaultRequestHeaders", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentNullException>(() => new MlHubClient(httpClient: null!));
    }

    [Fact]
    public async Task An_HttpClient_that_follows_redirects_is_detected_at_the_first_response()
    {
        using var storage = LoopbackServer.Answering($"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{Json.DatasetA}");
        using var hub = LoopbackServer.Answering($"HTTP/1.1 302 Found\r\nLocation: http://localhost:{storage.Port}/files/a.tar.gz?sig=s1gnature\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        using var http = new HttpClient();
        using var client = new MlHubClient(http, Options(hub.Port));

        var called = await Assert.ThrowsAsync<MlHubException>(() => client.Datasets.GetAsync("crops"));
        var downloaded = await Assert.ThrowsAsync<MlHubException>(() => client.Archives.DownloadAsync("crops", _output));

        Assert.StartsWith(
            $"The given handler or HttpClient follows redirects itself: the request was for http://127.0.0.1:{hub.Port}/mlhub/v1/datasets/crops, and the response came from http://localhost:{storage.Port}/files/a.tar.gz. "
                + "Set AllowAutoRedirect of its innermost handler to false",
            called.Message,
            StringComparison.Ordinal);
        Assert.StartsWith("The given handler or HttpClient follows redirects itself:", downloaded.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s1gnature", called + downloaded.ToString(), StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_output));
    }

    [Fact]
    public async Task A_wrapped_handler_that_follows_redirects_is_detected_at_the_first_response()
    {
        using var storage = LoopbackServer.Answering("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nbytes");
        using var hub = LoopbackServer.Answering($"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:{storage.Port}/b\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        using var downloader = new ResumableDownloader(null, new Hiding(new HttpClient()));

        var error = await Assert.ThrowsAsync<MlHubException>(
            () => downloader.DownloadAsync(DownloadRequest.Create(new Uri($"http://127.0.0.1:{hub.Port}/a.bin"), _output)));

        Assert.Contains($"http://127.0.0.1:{storage.Port}/b. ", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_output));
    }

    private MlHubClientOptions Options(int port) => new()
    {
        ApiKey = "k3y-of-the-hub",
        RootUrl = new Uri($"http://127.0.0.1:{port}/mlhub/v1"),
        Home = _output,
        Transfer = new TransferOptions { MaxRetries = 0 },
    };

    private sealed class Watcher(List<string> seen) : DelegatingHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            seen.Add(request.RequestUri!.AbsolutePath);
            return base.SendAsync(request, cancellationToken);
        }
    }

    private sealed class Hiding(HttpClient http) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
    }
}
