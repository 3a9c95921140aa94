using System.Diagnostics.Metrics;

namespace MlHub.Server;

/// <summary>The metrics of a server. ASP.NET Core measures requests and connections itself.</summary>
internal sealed class ServerMetrics
{
    /// <summary>The name of the meter, which docs/telemetry.md lists.</summary>
    public const string MeterName = "MlHub.Server";

    private readonly UpDownCounter<int> _downloads;
    private readonly Counter<long> _bytes;

    public ServerMetrics(IMeterFactory factory)
    {
        var meter = factory.Create(MeterName);
        _downloads = meter.CreateUpDownCounter<int>("mlhub.server.downloads.active", "{download}", "Downloads in progress.");
        _bytes = meter.CreateCounter<long>("mlhub.server.download.bytes", "By", "Bytes of files that were sent.");
    }

    public void DownloadStarted() => _downloads.Add(1);

    public void DownloadEnded(long bytes)
    {
        _downloads.Add(-1);
        _bytes.Add(bytes);
    }
}
