using System.Net;

namespace MlHub.Sdk.Tests.Sending;

public sealed class RetryTests
{
    /// <summary>The stall timeout, unlike every wait that a test looks at.</summary>
    private static readonly TimeSpan Stall = TimeSpan.FromSeconds(31);

    [Theory]
    [InlineData(408)]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(504)]
    public async Task A_temporary_failure_is_retried(int status)
    {
        var hub = new FakeHub().Answers("datasets/crops", "busy", (HttpStatusCode)status).Answers("datasets/crops", Json.DatasetA);
        using var client = hub.Client();

        Assert.Equal("crops", (await client.Datasets.GetAsync("crops")).Id);
        Assert.Equal(2, hub.Requests.Count);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(404)]
    [InlineData(501)]
    public async Task A_permanent_failure_is_not_retried(int status)
    {
        var hub = new FakeHub().Answers("datasets/crops", "no", (HttpStatusCode)status);
        using var client = hub.Client();

        var e = await Assert.ThrowsAnyAsync<MlHubException>(() => client.Datasets.GetAsync("crops"));

        Assert.Equal((HttpStatusCode)status, e.StatusCode);
        Assert.Single(hub.Requests);
    }

    [Fact]
    public async Task A_persistent_failure_ends_with_the_servers_message()
    {
        var hub = new FakeHub().Answers("datasets/crops", """{"detail":"Come back tomorrow"}""", HttpStatusCode.ServiceUnavailable);
        using var client = hub.Client();

        var e = await Assert.ThrowsAsync<MlHubException>(() => client.Datasets.GetAsync("crops"));

        Assert.Equal(4, hub.Requests.Count);
        Assert.Equal("Come back tomorrow", e.ServerMessage);
    }

    [Fact]
    public async Task The_message_for_the_unreachable_original_service_says_that_it_was_switched_off()
    {
        var hub = new FakeHub { Root = MlHubSettings.DefaultRootUrl }
            .Answers("datasets/crops", _ => throw new HttpRequestException(HttpRequestError.NameResolutionError, "Name or service not known"));
        using var client = hub.Client();

        var e = await Assert.ThrowsAsync<MlHubException>(() => client.Datasets.GetAsync("crops"));

        Assert.Contains("switched off", e.Message, StringComparison.Ordinal);
        Assert.Contains("MLHUB_ROOT_URL", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failed_connection_is_retried_and_then_explained()
    {
        var hub = new FakeHub().Answers("datasets/crops", _ => throw new HttpRequestException(HttpRequestError.ConnectionError, "Connection refused"));
        using var client = hub.Client();

        var e = await Assert.ThrowsAsync<MlHubException>(() => client.Datasets.GetAsync("crops"));

        Assert.Equal(4, hub.Requests.Count);
        Assert.Equal("hub.example could not be reached: Connection refused. Check the root URL and the network, then try again.", e.Message);
    }

    [Theory]
    [InlineData("7", 7)]
    [InlineData("3600", 60)]
    [InlineData("Thu, 01 Jan 2026 00:00:09 GMT", 9)]
    [InlineData("Thu, 01 Jan 2026 10:00:00 GMT", 60)]
    [InlineData("Thu, 01 Jan 2025 00:00:00 GMT", 0)]
    public async Task Retry_After_is_respected_up_to_the_limit(string retryAfter, int seconds)
    {
        var clock = new SkippingClock(wait => wait <= TimeSpan.FromSeconds(60) && wait != Stall);
        var asked = new List<DateTimeOffset>();
        var hub = new FakeHub()
            .Answers("datasets/crops", _ =>
            {
                asked.Add(clock.GetUtcNow());
                var busy = new HttpResponseMessage(HttpStatusCode.TooManyRequests);
                busy.Headers.TryAddWithoutValidation("Retry-After", retryAfter);
                return busy;
            })
            .Answers("datasets/crops", _ =>
            {
                asked.Add(clock.GetUtcNow());
                return new HttpResponseMessage { Content = new StringContent(Json.DatasetA) };
            });
        using var client = hub.Client(change: settings => settings.Clock = clock);

        await client.Datasets.GetAsync("crops");

        Assert.Equal(seconds, (asked[1] - asked[0]).TotalSeconds);
    }

    [Fact]
    public async Task A_request_without_a_response_fails_after_the_response_time_out()
    {
        var clock = new SkippingClock(wait => wait == TimeSpan.FromSeconds(100));
        var options = new MlHubClientOptions
        {
            ApiKey = "k",
            RootUrl = new Uri("https://hub.example/v1/"),
            Transfer = new TransferOptions { MaxRetries = 0 },
        };
        using var client = new MlHubClient(options, new SilentServer(), timeProvider: clock);

        var e = await Assert.ThrowsAsync<MlHubException>(() => client.Datasets.GetAsync("crops"));
        Assert.Contains("no response began within 100 s", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stalled_body_fails_after_the_stall_time_out()
    {
        var clock = new SkippingClock(wait => wait == Stall);
        var hub = new FakeHub().Answers("datasets/crops", _ => new HttpResponseMessage { Content = new StreamContent(new StuckStream()) });
        using var client = hub.Client(change: settings => settings.Clock = clock);

        var e = await Assert.ThrowsAsync<MlHubException>(() => client.Datasets.GetAsync("crops"));
        Assert.Contains("less than 1 KiB arrived in 31 s", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancellation_throws_an_OperationCanceledException()
    {
        using var cancel = new CancellationTokenSource();
        using var client = new MlHubClient(
            new MlHubClientOptions { ApiKey = "k", RootUrl = new Uri("https://hub.example/v1/") }, new SilentServer());

        var dataset = client.Datasets.GetAsync("crops", cancel.Token);
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => dataset);
    }

    private sealed class SilentServer : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
            throw new InvalidOperationException();
        }
    }

    private sealed class StuckStream : MemoryStream
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
            return 0;
        }
    }
}
