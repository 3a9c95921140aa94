using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace MlHub.Sdk.Downloads.Reporting;

/// <summary>Metrics and traces, under the name <c>MlHub.Sdk</c>. Tags have few values: an outcome and, on traces alone, the host; never a path or a query.</summary>
internal static class DownloadTelemetry
{
    private const string Name = "MlHub.Sdk";
    private static readonly ActivitySource Source = new(Name);
    private static readonly Meter Meter = new(Name);
    private static readonly Counter<long> Bytes = Meter.CreateCounter<long>("mlhub.download.bytes", "By", "Bytes that came from the network.");
    private static readonly Counter<long> Retries = Meter.CreateCounter<long>("mlhub.download.retries", "{retry}", "Requests that were tried again.");
    private static readonly Counter<long> Restarts = Meter.CreateCounter<long>("mlhub.download.restarts", "{restart}", "Times that bytes fetched or found were thrown away, and the download began again.");
    private static readonly Histogram<double> Duration = Meter.CreateHistogram<double>("mlhub.download.duration", "s", "How long downloads took, by outcome.");

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
