using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http.Resilience;
using Polly;

namespace MlHub.Sdk.DependencyInjection.Tests;

public sealed class ConnectionTests : ServiceTest
{
    private readonly ConcurrentQueue<string> _seen = new();

    [Fact]
    public async Task Calls_that_fail_temporarily_are_retried()
    {
        await using var services = Services(builder => { });
        Hub.FailNext(503, times: 2);

        Assert.True(await CountAsync(Client(services)) > 1);

        Assert.Equal(3, Hub.Requests.Count);
    }

    [Fact]
    public async Task A_page_that_is_requested_with_POST_is_repeated_too()
    {
        var next = "{\"rel\":\"next\",\"method\":\"POST\",\"href\":\"" + Hub.RootUrl + "collections/c/items\",\"body\":{\"page\":2}}";
        string[] pages = [$$"""{"features":[{"id":"1"}],"links":[{{next}}]}""", "", """{"features":[{"id":"2"}]}"""];
        var count = 0;
        var answers = new Answers(_ => pages[count++] is { Length: > 0 } page
            ? new HttpResponseMessage { Content = new StringContent(page, MediaTypeHeaderValue.Parse("application/json")) }
            : new HttpResponseMessage(HttpStatusCode.ServiceUnavailable));
        await using var services = Services(builder => builder.Api.ConfigurePrimaryHttpMessageHandler(() => answers));

        var ids = await Client(services).Collections.ListItemsAsync("c").Select(item => item.Id).ToListAsync();

        Assert.Equal(["1", "2"], ids);
        Assert.Equal(3, answers.Count);
    }

    [Theory]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(404)]
    public async Task Refused_calls_are_not_retried(int status)
    {
        await using var services = Services(builder => { });
        Hub.FailNext(status, times: 5);

        await Assert.ThrowsAnyAsync<MlHubException>(() => CountAsync(Client(services)));

        Assert.Single(Hub.Requests);
    }

    [Fact]
    public async Task A_permanent_fault_is_not_retried()
    {
        var answers = new Answers(HttpResponseMessage (_) => throw new HttpRequestException(HttpRequestError.ConnectionError, "refused", new SocketException((int)SocketError.ConnectionRefused)));
        await using var services = Services(builder => builder.Api.ConfigurePrimaryHttpMessageHandler(() => answers));

        await Assert.ThrowsAsync<MlHubException>(() => CountAsync(Client(services)));

        Assert.Equal(1, answers.Count);
    }

    [Fact]
    public async Task A_long_Retry_After_is_shortened_to_the_maximum()
    {
        var answers = new Answers(_ => new HttpResponseMessage(HttpStatusCode.ServiceUnavailable) { Headers = { RetryAfter = new RetryConditionHeaderValue(TimeSpan.FromHours(5)) } });
        await using var services = Services(
            builder => builder.Api.ConfigurePrimaryHttpMessageHandler(() => answers),
            options => options.Transfer = options.Transfer with { MaxRetryAfter = TimeSpan.FromMilliseconds(1), MaxRetries = 2 });

        var error = await Assert.ThrowsAsync<MlHubException>(() => CountAsync(Client(services)));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, error.StatusCode);
        Assert.Equal(3, answers.Count);
    }

    [Fact]
    public async Task A_server_that_does_not_respond_is_reported_after_the_response_timeout()
    {
        var answers = new Answers(async token =>
        {
            await Task.Delay(Timeout.Infinite, token);
            return null!;
        });
        await using var services = Services(
            builder => builder.Api.ConfigurePrimaryHttpMessageHandler(() => answers),
            options => options.Transfer = options.Transfer with { ResponseTimeout = TimeSpan.FromMilliseconds(20), MaxRetries = 1 });

        var error = await Assert.ThrowsAsync<MlHubException>(() => CountAsync(Client(services)));

        Assert.Contains("no response arrived within 0.02 s", error.Message, StringComparison.Ordinal);
        Assert.Equal(2, answers.Count);
    }

    [Fact]
    public async Task A_program_can_replace_the_resilience_pipeline()
    {
        await using var services = Services(builder => builder.AddResilience((_, _) => { }));
        Hub.FailNext(503, times: 1);

        await Assert.ThrowsAsync<MlHubException>(() => CountAsync(Client(services)));

        Assert.Single(Hub.Requests);
    }

    [Fact]
    public async Task An_open_circuit_breaker_is_reported_as_a_failed_request()
    {
        await using var services = Services(builder => builder.AddResilience((pipeline, _) => pipeline.AddCircuitBreaker(
            new HttpCircuitBreakerStrategyOptions { MinimumThroughput = 2, FailureRatio = 0.5 })));
        Hub.FailNext(503, times: 9);
        for (var call = 0; call < 2; call++)
        {
            await Assert.ThrowsAsync<MlHubException>(() => CountAsync(Client(services)));
        }

        var error = await Assert.ThrowsAsync<MlHubException>(() => CountAsync(Client(services)));

        Assert.Contains("refused the request (BrokenCircuitException)", error.Message, StringComparison.Ordinal);
        Assert.Equal(2, Hub.Requests.Count);
    }

    [Fact]
    public async Task Downloads_bypass_the_resilience_pipeline_and_resume_by_themselves()
    {
        var repeats = 0;
        await using var services = Services(builder => builder.AddResilience((pipeline, _) => pipeline.AddRetry(new HttpRetryStrategyOptions
        {
            OnRetry = _ =>
            {
                Interlocked.Increment(ref repeats);
                return default;
            },
        })));
        Hub.CutAfter(bytes: 20_000);

        var result = await Client(services).Archives.DownloadAsync("sandbox_crops_kenya_s2", Output);

        Assert.Equal(result.Bytes, new FileInfo(result.Path).Length);
        Assert.Equal(0, repeats);
    }

    [Fact]
    public async Task A_handler_of_the_program_receives_calls_and_downloads()
    {
        await using var services = Services(builder => builder.AddHttpMessageHandler(_ => new Seen(_seen)));

        await CountAsync(Client(services));
        await Client(services).Archives.DownloadAsync("sandbox_crops_kenya_s2", Output);

        Assert.Contains(_seen, path => path.EndsWith("/datasets", StringComparison.Ordinal));
        Assert.Contains(_seen, path => path.EndsWith("/archive/sandbox_crops_kenya_s2", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_primary_handler_that_follows_redirects_is_refused()
    {
        await using var services = Services(builder => builder.Api.ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler()));

        var error = await Assert.ThrowsAsync<ArgumentException>(() => CountAsync(Client(services)));

        Assert.Contains("AllowAutoRedirect", error.Message, StringComparison.Ordinal);
        Assert.Empty(Hub.Requests);
    }

    [Fact]
    public async Task Default_headers_with_credentials_are_refused()
    {
        await using var services = Services(builder => builder.ConfigureHttpClient(http => http.DefaultRequestHeaders.Add("Authorization", "Bearer secret")));

        var error = await Assert.ThrowsAsync<ArgumentException>(() => CountAsync(Client(services)));

        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
        Assert.Empty(Hub.Requests);
    }

    [Fact]
    public async Task Handlers_are_replaced_while_the_client_is_in_use()
    {
        var made = 0;
        await using var services = Services(builder => builder.Api
            .SetHandlerLifetime(TimeSpan.FromSeconds(1))
            .ConfigurePrimaryHttpMessageHandler(() =>
            {
                Interlocked.Increment(ref made);
                return MlHubHandler.Create();
            }));
        var client = Client(services);
        var until = DateTime.UtcNow.AddSeconds(20);

        while (made < 2 && DateTime.UtcNow < until)
        {
            await CountAsync(client);
        }

        Assert.True(made >= 2);
    }

    private static MlHubClient Client(IServiceProvider services) => services.GetRequiredService<MlHubClient>();

    private ServiceProvider Services(Action<MlHubClientBuilder> adjust, Action<MlHubClientOptions>? configure = null)
    {
        var services = new ServiceCollection();
        adjust(services.AddMlHubClient(options =>
        {
            (options.RootUrl, options.ApiKey, options.Home) = (Hub.RootUrl, Hub.ApiKey, Output);
            options.Transfer = options.Transfer with { RetryBaseDelay = TimeSpan.Zero };
            configure?.Invoke(options);
        }));
        return services.BuildServiceProvider();
    }

    private sealed class Seen(ConcurrentQueue<string> paths) : DelegatingHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            paths.Enqueue(request.RequestUri!.AbsolutePath);
            return base.SendAsync(request, cancellationToken);
        }
    }

    private sealed class Answers(Func<CancellationToken, Task<HttpResponseMessage>> answer) : HttpMessageHandler
    {
        private int _count;

        public Answers(Func<CancellationToken, HttpResponseMessage> answer)
            : this(token => Task.FromResult(answer(token)))
        {
        }

        public int Count => _count;

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _count);
            return answer(cancellationToken);
        }
    }
}
