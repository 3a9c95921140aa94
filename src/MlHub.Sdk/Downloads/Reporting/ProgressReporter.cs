namespace MlHub.Sdk.Downloads.Reporting;

/// <summary>
/// Reports progress about ten times a second, and immediately at a new phase, retry or restart. The rate is smoothed over the last few seconds.
/// </summary>
internal sealed class ProgressReporter(IProgress<DownloadProgress>? progress, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);
    private const double SmoothingSeconds = 3;
    private readonly Lock _lock = new();
    private long _reportedAt = time.GetTimestamp();
    private long _reportedBytes;
    private double _rate;
    private TimeSpan _measured;
    private DownloadPhase? _phase;
    private int _retries;
    private int _restarts;

    internal string? Path { get; set; }

    internal long? TotalBytes { get; set; }

    /// <summary>The number of retries.</summary>
    internal Func<int> Retries { get; init; } = static () => 0;

    /// <summary>The reasons for the restarts.</summary>
    internal Func<IReadOnlyList<string>> Restarts { get; init; } = static () => [];

    internal void Report(DownloadPhase phase, long bytes, int connections)
    {
        if (progress is null)
        {
            return;
        }

        lock (_lock)
        {
            var elapsed = time.GetElapsedTime(_reportedAt);
            var (retries, restarts) = (Retries(), Restarts());
            if (phase == _phase && elapsed < Interval && retries == _retries && restarts.Count == _restarts)
            {
                return;
            }

            Measure(bytes, elapsed);
            (_phase, _retries, _restarts) = (phase, retries, restarts.Count);
            progress.Report(Snapshot(phase, bytes, connections) with { Retries = retries, RestartReasons = restarts });
        }
    }

    /// <summary>Reports the wait before a retry.</summary>
    internal void ReportRetrying() => Report(DownloadPhase.Retrying, _reportedBytes, 0);

    /// <summary>Reports that the download has ended without success.</summary>
    /// <param name="bytesKept">The number of bytes that a later run can resume with.</param>
    internal void ReportStopped(long bytesKept) => Report(DownloadPhase.Stopped, bytesKept, 0);

    private void Measure(long bytes, TimeSpan elapsed)
    {
        // Bytes of earlier runs and restarts do not count for the rate.
        var arrived = _phase == DownloadPhase.Downloading ? Math.Max(0, bytes - _reportedBytes) : 0;
        if (elapsed > TimeSpan.Zero)
        {
            // The mean is used at first. A smoothed rate that starts at zero would be too low for too long.
            _measured += _phase == DownloadPhase.Downloading ? elapsed : TimeSpan.Zero;
            var weight = Math.Max(1 - Math.Exp(-elapsed.TotalSeconds / SmoothingSeconds), elapsed / Max(_measured, elapsed));
            _rate += weight * ((arrived / elapsed.TotalSeconds) - _rate);
            _reportedAt = time.GetTimestamp();
        }

        _reportedBytes = bytes;
    }

    private static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;

    private DownloadProgress Snapshot(DownloadPhase phase, long bytes, int connections) => new()
    {
        Path = Path,
        Phase = phase,
        BytesDone = bytes,
        TotalBytes = TotalBytes,
        BytesPerSecond = _rate,
        TimeLeft = TotalBytes is { } total && _rate >= 1 && phase != DownloadPhase.Stopped ? TimeSpan.FromSeconds(Math.Min(1e9, (total - bytes) / _rate)) : null,
        Connections = connections,
    };
}
