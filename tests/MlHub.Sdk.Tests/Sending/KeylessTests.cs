using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace MlHub.Sdk.Tests.Sending;

/// <summary>What leaves the library is as it was, or the same without the key.</summary>
public sealed class KeylessTests
{
    private const string Key = "s3cr3t-key";
    private static readonly Secret Secret = new(Key);
    private static readonly Uri Url = new($"https://hub.example/{Key}?limit={Key}");

    public static TheoryData<Exception> Exceptions() =>
    [
        new MlHubException($"At {Key}.", new IOException(Key)) { StatusCode = HttpStatusCode.Gone, RequestUrl = Url, ServerMessage = Key },
        new MlHubAuthenticationException($"At {Key}.") { StatusCode = HttpStatusCode.Forbidden, RequestUrl = Url, ServerMessage = $"no {Key}" },
        new EntityDoesNotExistException("It is gone.") { StatusCode = HttpStatusCode.NotFound, RequestUrl = Url, ServerMessage = Key },
        new DownloadException(DownloadFailure.Locked, "It is locked.") { Path = $"/data/{Key}.tif", RequestUrl = Url },
        new HttpRequestException(HttpRequestError.InvalidResponse, $"At {Key}.", new IOException(Key), HttpStatusCode.BadGateway),
        new IOException($"At {Key}."),
        new JsonException($"At $.{Key}."),
        new TimeoutException("Too late.", new IOException(Key)),
    ];

    [Theory]
    [MemberData(nameof(Exceptions), DisableDiscoveryEnumeration = true)]
    public void An_exception_with_the_key_becomes_one_of_the_same_type_and_properties_without_it(Exception exception)
    {
        var keyless = KeylessException.Of(exception, Secret.Scrub);

        Assert.Equal(exception.GetType(), keyless.GetType());
        Assert.Equal(exception.Message.Replace(Key, "***", StringComparison.Ordinal), keyless.Message);
        Assert.Null(keyless.InnerException);
        foreach (var property in exception.GetType().GetProperties().Where(property => property.Name is not (nameof(Exception.InnerException) or nameof(Exception.TargetSite) or nameof(Exception.HResult))))
        {
            var (before, after) = ($"{property.GetValue(exception)}", $"{property.GetValue(keyless)}");
            Assert.Equal(before.Replace(Key, "***", StringComparison.Ordinal), after);
        }
    }

    [Fact]
    public void An_exception_without_the_key_is_itself()
    {
        var exception = new MlHubException("It failed.", new IOException("It broke.")) { RequestUrl = new Uri("https://hub.example/x") };
        var cancelled = new OperationCanceledException(Key);

        Assert.Same(exception, KeylessException.Of(exception, Secret.Scrub));
        Assert.Same(cancelled, KeylessException.Of(cancelled, Secret.Scrub));
        Assert.IsType<HttpRequestException>(KeylessException.Of(new NotSupportedException(Key), Secret.Scrub));
    }

    [Fact]
    public void A_log_record_without_the_key_keeps_its_level_its_event_and_its_values()
    {
        var log = new Recorder();
        var keyless = new KeylessLogger(log, Secret.Scrub);

        keyless.Log(LogLevel.Warning, new EventId(3, "Some"), new[] { new KeyValuePair<string, object?>("Url", Url), new("Seconds", 2.5), new("Nothing", null) }, new IOException(Key), (_, e) => $"At {Key}: {e!.Message}");

        var record = Assert.Single(log.Records);
        Assert.Equal((LogLevel.Warning, new EventId(3, "Some"), "At ***: ***"), (record.Level, record.Id, record.Message));
        Assert.Equal(["Url=https://hub.example/***?limit=***", "Seconds=2.5", "Nothing="], record.Values.Select(value => FormattableString.Invariant($"{value.Key}={value.Value}")));
        Assert.Equal("***", record.Exception!.Message);
        Assert.Equal(2.5, record.Values[1].Value);
    }

    [Fact]
    public void A_log_record_without_the_key_is_itself()
    {
        var log = new Recorder();
        var state = new[] { new KeyValuePair<string, object?>("Url", "https://hub.example/") };
        var exception = new IOException("It broke.");

        new KeylessLogger(log, Secret.Scrub).Log(LogLevel.Error, 1, state, exception, (_, _) => "It failed.");
        new KeylessLogger(log, Secret.Scrub).Log(LogLevel.Trace, 1, state, exception, (_, _) => throw new InvalidOperationException("Nobody listens."));

        var record = Assert.Single(log.Records);
        Assert.Same(state, record.State);
        Assert.Same(exception, record.Exception);
        Assert.Equal("It failed.", record.Message);
    }

    private sealed record Record(LogLevel Level, EventId Id, object? State, Exception? Exception, string Message)
    {
        public IReadOnlyList<KeyValuePair<string, object?>> Values => (IReadOnlyList<KeyValuePair<string, object?>>)State!;
    }

    private sealed class Recorder : ILogger
    {
        public List<Record> Records { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel > LogLevel.Trace;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Records.Add(new Record(logLevel, eventId, state, exception, formatter(state, exception)));
    }
}
