using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace MlHub.Sdk.Downloads.Reporting;

/// <summary>Metrics and traces, under the name <c>MlHub.Sdk</c>. Tags have few values: an outcome and, on traces alone, the host; never a path or a query.</summary>
internal static class DownloadTelemetry
{
    private static readonly Counter<long> Bytes = MlHubTelemetry.Meter.CreateCounter<long>(MlHubTelemetry.DownloadBytes, "By", "Bytes that came from the network.");
    private static readonly Counter<long> Retries = MlHubTelemetry.Meter.CreateCounter<long>(MlHubTelemetry.DownloadRetries, "{retry}", "Requests that were tried again.");
    private static readonly Counter<long> Restarts = MlHubTelemetry.Meter.CreateCounter<long>(MlHubTelemetry.DownloadRestarts, "{restart}", "Times that bytes fetched or found were thrown away, and the download began again.");
    private static readonly Histogram<double> Duration = MlHubTelemetry.Meter.CreateHistogram<double>(MlHubTelemetry.DownloadDuration, "s", "How long downloads took, by outcome.");

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
