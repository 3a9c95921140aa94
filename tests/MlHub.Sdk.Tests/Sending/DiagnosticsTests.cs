using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Tracing;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using MlHub.Sdk.Tests.Downloads;

namespace MlHub.Sdk.Tests.Sending;

/// <summary>What .NET itself tells those who listen, as the documentation says it. The library can change none of it.</summary>
public sealed class DiagnosticsTests
{
    private const string Key = "k3y-of-the-hub";

    [Fact]
    public async Task Activities_and_events_of_dotnet_do_not_show_the_query()
    {
        var path = $"/v1/{Guid.NewGuid():N}";
        using var heard = new Events(path);
        using var activities = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "System.Net.Http",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity => heard.Say(string.Join(' ', activity.TagObjects)),
        };
        ActivitySource.AddActivityListener(activities);

        await GetAsync(path);

        Assert.Contains(heard.Said, said => said.Contains("url.full", StringComparison.Ordinal));
        Assert.Contains(heard.Said, said => said.StartsWith("RequestStart", StringComparison.Ordinal));
        Assert.All(heard.Said, said => Assert.DoesNotContain(Key, said, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_diagnostic_listener_gets_the_request_with_the_key()
    {
        var path = $"/v1/{Guid.NewGuid():N}";
        var heard = new ConcurrentQueue<string>();
        using var listeners = DiagnosticListener.AllListeners.Subscribe(new Observer<DiagnosticListener>(listener =>
        {
            if (listener.Name == "HttpHandlerDiagnosticListener")
            {
                listener.Subscribe(new Observer<KeyValuePair<string, object?>>(payload => heard.Enqueue($"{payload.Value}")));
            }
        }));

        await GetAsync(path);

        Assert.Contains(heard, said => said.Contains($"{path}?key={Key}", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_logs_of_the_client_factory_do_not_show_the_query()
    {
        var log = new CollectedLog();
        using var hub = LoopbackServer.Answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}");
        var services = new ServiceCollection().AddSingleton<ILoggerFactory>(log);
        services.AddHttpClient<MlHubClient, MlHubClient>(http => new MlHubClient(http, Options(hub)))
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { AllowAutoRedirect = false });
        using var provider = services.BuildServiceProvider();

        await provider.GetRequiredService<MlHubClient>().GetJsonAsync("x");

        Assert.Contains(log.Messages, message => message.Contains("/v1/x?*", StringComparison.Ordinal));
        Assert.DoesNotContain(log.Messages, message => message.Contains(Key, StringComparison.Ordinal));
    }

    private static MlHubClientOptions Options(LoopbackServer hub) => new() { ApiKey = Key, RootUrl = new Uri($"http://127.0.0.1:{hub.Port}/v1/") };

    private static async Task GetAsync(string path)
    {
        using var hub = LoopbackServer.Answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}");
        using var client = new MlHubClient(Options(hub));
        using var response = await client.SendAsync(new HttpRequestMessage(HttpMethod.Get, path["/v1/".Length..]));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    /// <summary>The events of .NET's event source, and whatever else is said, that concern one path.</summary>
    private sealed class Events(string path) : EventListener
    {
        private readonly ConcurrentQueue<string> _said = new();

        public IReadOnlyCollection<string> Said => _said;

        public void Say(string text)
        {
            if (text.Contains(path, StringComparison.Ordinal))
            {
                _said.Enqueue(text);
            }
        }

        protected override void OnEventSourceCreated(EventSource eventSource)
        {
            if (eventSource.Name == "System.Net.Http")
            {
                EnableEvents(eventSource, EventLevel.LogAlways, EventKeywords.All);
            }
        }

        protected override void OnEventWritten(EventWrittenEventArgs eventData) =>
            Say($"{eventData.EventName} {string.Join(' ', eventData.Payload ?? new([]))}");
    }

    private sealed class Observer<T>(Action<T> seen) : IObserver<T>
    {
        public void OnNext(T value) => seen(value);

        public void OnCompleted()
        {
        }

        public void OnError(Exception error)
        {
        }
    }
}
