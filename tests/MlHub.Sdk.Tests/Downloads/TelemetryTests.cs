using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;

namespace MlHub.Sdk.Tests.Downloads;

/// <summary>
/// What OpenTelemetry is told under the name MlHub.Sdk: one activity for each download and a few numbers, whose tags have few values and no secret.
/// </summary>
public sealed class TelemetryTests : DownloadTest
{
    private static readonly TimeSpan Hours = TimeSpan.FromHours(7);
    private static readonly AsyncLocal<TelemetryTests?> Current = new();
    private readonly ConcurrentQueue<Measured> _measured = new();
    private readonly ConcurrentQueue<Activity> _activities = new();

    [Fact]
    public async Task A_download_is_one_activity_and_its_bytes_and_retries_are_counted()
    {
        var clock = new LateClock();
        Remote.Twist = (request, answer) =>
        {
            clock.Late = Hours;
            return request.Number == 1 ? ScriptedAnswer.Of(503, []) : answer;
        };

        await ListenAsync(() => NewDownloader(options => options.Clock = clock).DownloadAsync(Request));

        AssertActivity("done", ActivityStatusCode.Ok);
        Assert.Equal(Size, Sum("mlhub.download.bytes"));
        Assert.Equal(1, Sum("mlhub.download.retries"));
        Assert.Equal(0, Sum("mlhub.download.restarts"));
        AssertMeasurements("done");
        Assert.InRange(Sum("mlhub.download.duration"), Hours.TotalSeconds, 2 * Hours.TotalSeconds);
    }

    [Fact]
    public async Task An_existing_file_is_skipped()
    {
        await File.WriteAllBytesAsync(Final, Remote.Bytes);

        await ListenAsync(() => DownloadAsync());

        AssertActivity("skipped", ActivityStatusCode.Ok);
        AssertMeasurements("skipped");
    }

    [Fact]
    public async Task A_failed_download_is_an_error_without_secrets()
    {
        Remote.Twist = (_, _) => ScriptedAnswer.Of(500, "secret"u8.ToArray());

        await ListenAsync(() => Assert.ThrowsAsync<DownloadException>(() => DownloadAsync()));

        AssertActivity("failed", ActivityStatusCode.Error);
        AssertMeasurements("failed");
    }

    [Fact]
    public async Task A_cancelled_download_is_not_an_error()
    {
        using var stop = new CancellationTokenSource();
        Remote.Twist = (_, _) =>
        {
            stop.Cancel();
            return new ScriptedAnswer(200) { Silent = true };
        };

        await ListenAsync(() => Assert.ThrowsAnyAsync<OperationCanceledException>(() => NewDownloader().DownloadAsync(Request, null, stop.Token)));

        AssertActivity("cancelled", ActivityStatusCode.Ok);
        AssertMeasurements("cancelled");
    }

    // The source and the meter are the whole process's: what other tests do at the same time is told apart by the trace, and by the flow it is in.
    private async Task ListenAsync(Func<Task> download)
    {
        Current.Value = this;
        using var meters = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == "MlHub.Sdk")
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        meters.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Keep(instrument, value, tags));
        meters.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Keep(instrument, value, tags));
        meters.Start();
        using var around = new Activity("test").SetIdFormat(ActivityIdFormat.W3C).Start();
        using var activities = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "MlHub.Sdk",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity => Keep(activity, around.TraceId),
        };
        ActivitySource.AddActivityListener(activities);

        await download();
    }

    private void Keep(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (Current.Value == this)
        {
            _measured.Enqueue(new Measured(instrument.Name, value, tags.ToArray()));
        }
    }

    private void Keep(Activity activity, ActivityTraceId trace)
    {
        if (activity.TraceId == trace)
        {
            _activities.Enqueue(activity);
        }
    }

    private double Sum(string name) => _measured.Where(measured => measured.Name == name).Sum(measured => measured.Value);

    private void AssertActivity(string outcome, ActivityStatusCode status)
    {
        var activity = Assert.Single(_activities);
        Assert.Equal("mlhub.download", activity.OperationName);
        Assert.Equal(status, activity.Status);
        Assert.Equal(
            new Dictionary<string, object?> { ["server.address"] = "127.0.0.1", ["outcome"] = outcome }, activity.TagObjects.ToDictionary());
        Assert.Empty(activity.Events);
        Assert.Empty(activity.Links);
        Assert.Empty(activity.Baggage);
        Assert.DoesNotContain("secret", $"{activity.DisplayName} {activity.StatusDescription}", StringComparison.Ordinal);
    }

    // An outcome is all that a number is told apart by.
    private void AssertMeasurements(string outcome)
    {
        var duration = Assert.Single(_measured, measured => measured.Name == "mlhub.download.duration");
        Assert.Equal([new("outcome", outcome)], duration.Tags);
        Assert.All(_measured.Where(measured => measured != duration), measured => Assert.True(measured.Tags.Length == 0, string.Create(CultureInfo.InvariantCulture, $"{measured.Name} has tags.")));
    }

    /// <summary>The system's clock, which a test can move forward.</summary>
    private sealed class LateClock : TimeProvider
    {
        public TimeSpan Late { get; set; }

        public override long GetTimestamp() => base.GetTimestamp() + (long)(Late.TotalSeconds * TimestampFrequency);
    }

    private sealed record Measured(string Name, double Value, KeyValuePair<string, object?>[] Tags);
}
