using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace MlHub.Sdk.Downloads.Reporting;

/// <summary>
/// Metrics and traces, under the name <c>MlHub.Sdk</c>. Tags have few distinct values: the outcome and, only in traces, the host. They never contain a path or
/// a query.
/// </summary>
internal static class DownloadTelemetry
{
    private static readonly Counter<long> Bytes = MlHubTelemetry.Meter.CreateCounter<long>(MlHubTelemetry.DownloadBytes, "By", "Bytes received from the network.");
    private static readonly Counter<long> Retries = MlHubTelemetry.Meter.CreateCounter<long>(MlHubTelemetry.DownloadRetries, "{retry}", "Retried requests.");
    private static readonly Counter<long> Restarts = MlHubTelemetry.Meter.CreateCounter<long>(MlHubTelemetry.DownloadRestarts, "{restart}", "Downloads that discarded their bytes and restarted.");
    private static readonly Histogram<double> Duration = MlHubTelemetry.Meter.CreateHistogram<double>(MlHubTelemetry.DownloadDuration, "s", "Duration of downloads, by outcome.");

    internal static Activity? Start(string host) => MlHubTelemetry.Source.StartActivity(MlHubTelemetry.DownloadActivity, ActivityKind.Client)?.SetTag(MlHubTelemetry.ServerAddressAttribute, host);

    internal static void Arrived(int bytes) => Bytes.Add(bytes);

    internal static void Retried() => Retries.Add(1);

    internal static void Restarted() => Restarts.Add(1);

    internal static void Ended(Activity? activity, string outcome, TimeSpan elapsed)
    {
        Duration.Record(elapsed.TotalSeconds, new KeyValuePair<string, object?>(MlHubTelemetry.OutcomeAttribute, outcome));
        activity?.SetTag(MlHubTelemetry.OutcomeAttribute, outcome);
        activity?.SetStatus(outcome is "failed" ? ActivityStatusCode.Error : ActivityStatusCode.Ok);
    }
}
