using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace MlHub.Sdk;

/// <summary>The names of the traces and metrics of this library. They follow OpenTelemetry's semantic conventions where those have a name.</summary>
/// <remarks>No value is a key, a query or a path on this machine. <c>docs/telemetry.md</c> describes each.</remarks>
/// <example>
/// <code>
/// services.AddOpenTelemetry()
///     .WithTracing(tracing => tracing.AddSource(MlHubTelemetry.SourceName))
///     .WithMetrics(metrics => metrics.AddMeter(MlHubTelemetry.SourceName));
/// </code>
/// </example>
public static class MlHubTelemetry
{
    /// <summary>The name of the <c>ActivitySource</c> and of the <c>Meter</c>.</summary>
    public const string SourceName = "MlHub.Sdk";

    /// <summary>The activity of one API call: from the request to the headers of the response, with its retries and redirects.</summary>
    public const string CallActivity = "mlhub.call";

    /// <summary>The activity of one download.</summary>
    public const string DownloadActivity = "mlhub.download";

    /// <summary>A histogram: how long API calls took, in seconds.</summary>
    public const string CallDuration = "mlhub.call.duration";

    /// <summary>A counter: the bytes that downloads received, in bytes.</summary>
    public const string DownloadBytes = "mlhub.download.bytes";

    /// <summary>A counter: the requests of downloads that were sent again.</summary>
    public const string DownloadRetries = "mlhub.download.retries";

    /// <summary>A counter: the downloads that began again at the first byte.</summary>
    public const string DownloadRestarts = "mlhub.download.restarts";

    /// <summary>A histogram: how long downloads took, in seconds.</summary>
    public const string DownloadDuration = "mlhub.download.duration";

    /// <summary>An attribute: how a download ended (<c>done</c>, <c>skipped</c>, <c>failed</c> or <c>cancelled</c>).</summary>
    public const string OutcomeAttribute = "outcome";

    /// <summary>An attribute: the method of a call.</summary>
    public const string MethodAttribute = "http.request.method";

    /// <summary>An attribute: the path of a call with placeholders for ids, such as <c>/collections/{collectionId}/items</c>. A request of the caller's own has none.</summary>
    public const string TemplateAttribute = "url.template";

    /// <summary>An attribute: the host of a call or of a download.</summary>
    public const string ServerAddressAttribute = "server.address";

    /// <summary>An attribute: the port of a call.</summary>
    public const string ServerPortAttribute = "server.port";

    /// <summary>An attribute of what failed: the status of the response, or the type of the exception.</summary>
    public const string ErrorTypeAttribute = "error.type";

    internal static ActivitySource Source { get; } = new(SourceName);

    internal static Meter Meter { get; } = new(SourceName);
}
