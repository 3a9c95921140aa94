using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace MlHub.Sdk.Downloads.Reporting;

/// <summary>
/// Metrics and traces, under the name <c>MlHub.Sdk</c>. Tags have few distinct values: the outcome and, only in traces, the host. They never contain a path or
/// a query.
/// </summary>
internal static class DownloadTelemetry
{
    private const string Name = "MlHub.Sdk";
    private static readonly ActivitySource Source = new(Name);
    private static readonly Meter Meter = new(Name);
    private static readonly Counter<long> Bytes = Meter.CreateCounter<long>("mlhub.download.bytes", "By", "Bytes received from the network.");
    private static readonly Counter<long> Retries = Meter.CreateCounter<long>("mlhub.download.retries", "{retry}", "Retried requests.");
    private static readonly Counter<long> Restarts = Meter.CreateCounter<long>("mlhub.download.restarts", "{restart}", "Downloads that discarded their bytes and restarted.");
    private static readonly Histogram<double> Duration = Meter.CreateHistogram<double>("mlhub.download.duration", "s", "Duration of downloads, by outcome.");

    internal static Activity? Start(string host) => Source.StartActivity("mlhub.download", ActivityKind.Client)?.SetTag("server.address", host);

    internal static void Arrived(int bytes) => Bytes.Add(bytes);

    internal static void Retried() => Retries.Add(1);

    internal static void Restarted() => Restarts.Add(1);

    internal static void Ended(Activity? activity, string outcome, TimeSpan elapsed)
    {
        Duration.Record(elapsed.TotalSeconds, new KeyValuePair<string, object?>("outcome", outcome));
        activity?.SetTag("outcome", outcome);
        activity?.SetStatus(outcome is "failed" ? ActivityStatusCode.Error : ActivityStatusCode.Ok);
    }
}
