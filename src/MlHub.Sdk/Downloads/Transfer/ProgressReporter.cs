namespace MlHub.Sdk.Downloads.Transfer;

/// <summary>Tells progress about ten times a second, with a rate smoothed over the last seconds.</summary>
internal sealed class ProgressReporter(IProgress<DownloadProgress>? progress, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);
    private const double SmoothingSeconds = 3;
    private readonly Lock _lock = new();
    private long _reportedAt = time.GetTimestamp();
    private long _reportedBytes;
    private double _rate;
    private DownloadPhase? _phase;

    internal string? Path { get; set; }

    internal long? TotalBytes { get; set; }

    internal void Report(DownloadPhase phase, long bytes, int connections)
    {
        if (progress is null)
        {
            return;
        }

        lock (_lock)
        {
            var elapsed = time.GetElapsedTime(_reportedAt);
            if (phase == _phase && elapsed < Interval)
            {
                return;
            }

            Measure(bytes, elapsed);
            _phase = phase;
            progress.Report(Snapshot(phase, bytes, connections));
        }
    }

    /// <summary>Tells that there will be no more.</summary>
    internal void Stop() => Report(DownloadPhase.Stopped, _reportedBytes, 0);

    private void Measure(long bytes, TimeSpan elapsed)
    {
        // What was there before the first byte of this run is no speed, and neither is a restart.
        var arrived = _phase == DownloadPhase.Downloading ? Math.Max(0, bytes - _reportedBytes) : 0;
        if (elapsed > TimeSpan.Zero)
        {
            var weight = 1 - Math.Exp(-elapsed.TotalSeconds / SmoothingSeconds);
            var current = arrived / elapsed.TotalSeconds;
            _rate = _rate == 0 ? current : _rate + (weight * (current - _rate));
            _reportedAt = time.GetTimestamp();
        }

        _reportedBytes = bytes;
    }

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
