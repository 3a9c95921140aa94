using System.Globalization;
using MlHub.Sdk;

namespace MlHub.Cli;

/// <summary>Tracks the progress of each file of a run, and of all files together.</summary>
internal sealed class Transfers(TimeProvider clock) : IProgress<DownloadProgress>
{
    // The engine averages its rate over three seconds. After this time without a byte, the rate is shown as 0.
    private static readonly TimeSpan StalledAfter = TimeSpan.FromSeconds(4);

    private static readonly TimeSpan SampleInterval = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly List<Transfer> _active = [];
    private readonly HashSet<string> _stopped = new(StringComparer.Ordinal);
    private int _doneFiles;
    private long _doneBytes;
    private long _measuredBytes = -1;
    private TimeSpan? _timeLeft;
    private AssetsProgress? _many;
    private long _sampledAt;
    private long _sampledBytes;
    private double _manyRate;

    public void Report(DownloadProgress value)
    {
        if (value.Path is not { } path)
        {
            return;
        }

        lock (_lock)
        {
            var transfer = _active.Find(active => active.Path == path) ?? Add(path);
            transfer.Update(value, clock);
            if (value.Phase is DownloadPhase.Done or DownloadPhase.Stopped)
            {
                End(transfer, value);
            }

            MeasureTimeLeft();
        }
    }

    /// <summary>Sets the numbers of a run over so many files that only the large ones are reported one by one.</summary>
    public void Count(AssetsProgress value)
    {
        lock (_lock)
        {
            var now = clock.GetTimestamp();
            if (_many is null)
            {
                (_sampledAt, _sampledBytes) = (now, value.Bytes);
            }
            else if (clock.GetElapsedTime(_sampledAt, now) is var elapsed && elapsed >= SampleInterval)
            {
                _manyRate = (value.Bytes - _sampledBytes) / elapsed.TotalSeconds;
                (_sampledAt, _sampledBytes) = (now, value.Bytes);
            }

            _many = value;
        }
    }

    /// <summary>The files that are being downloaded, and all files of this run together.</summary>
    public (IReadOnlyList<TransferRow> Files, TransferRow Total, int Count) Now()
    {
        lock (_lock)
        {
            var rows = Rows();
            if (_many is { Selected: > 0 } many)
            {
                var failed = many.Failed > 0 ? string.Create(CultureInfo.InvariantCulture, $", {many.Failed} failed") : "";
                var name = string.Create(CultureInfo.InvariantCulture, $"{many.Complete} of {many.Selected} files{failed}");
                return (rows, new TransferRow(name, DownloadPhase.Downloading, many.Bytes + rows.Sum(row => row.Done), null, _manyRate, null), (int)Math.Min(int.MaxValue, many.Selected));
            }

            var count = rows.Count + _doneFiles + _stopped.Count;
            var (done, total, rate) = Sums(rows);
            return (rows, new TransferRow(Files(count), DownloadPhase.Downloading, done, total, rate, total is null ? null : _timeLeft), count);
        }
    }

    private string Files(int count) => string.Create(CultureInfo.InvariantCulture, $"{_doneFiles} of {count} {(count == 1 ? "file" : "files")}");

    private Transfer Add(string path)
    {
        _stopped.Remove(path);
        var transfer = new Transfer(path);
        _active.Add(transfer);
        return transfer;
    }

    private void End(Transfer transfer, DownloadProgress last)
    {
        _active.Remove(transfer);
        if (last.Phase == DownloadPhase.Done)
        {
            _doneFiles++;
            _doneBytes += last.BytesDone;
        }
        else
        {
            _stopped.Add(transfer.Path);
        }
    }

    private bool IsStalled(Transfer transfer) => clock.GetElapsedTime(transfer.ArrivedAt) >= StalledAfter;

    private List<TransferRow> Rows() => _active.ConvertAll(transfer => transfer.Row(IsStalled(transfer)));

    private (long Done, long? Total, double Rate) Sums(List<TransferRow> rows) => (
        _doneBytes + rows.Sum(row => row.Done),
        rows.TrueForAll(row => row.Total is not null) ? _doneBytes + rows.Sum(row => row.Total ?? 0) : null,
        rows.Sum(row => row.Rate));

    // The remaining time is not updated while no bytes arrive, because the falling rate would make it grow.
    private void MeasureTimeLeft()
    {
        var (done, total, rate) = Sums(Rows());
        if (total is { } all && done != _measuredBytes && rate >= 1)
        {
            _measuredBytes = done;
            _timeLeft = TimeSpan.FromSeconds(Math.Min(1e9, (all - done) / rate));
        }
    }

    private sealed class Transfer(string path)
    {
        private readonly string _name = PlainText.Name(System.IO.Path.GetFileName(path));
        private DownloadProgress _last;
        private TimeSpan? _timeLeft;

        public string Path => path;

        public long ArrivedAt { get; private set; }

        public void Update(DownloadProgress value, TimeProvider clock)
        {
            if (ArrivedAt == 0 || value.BytesDone != _last.BytesDone)
            {
                ArrivedAt = clock.GetTimestamp();
                _timeLeft = value.TimeLeft ?? _timeLeft;
            }

            _last = value;
        }

        public TransferRow Row(bool isStalled) => new(
            _name, _last.Phase, _last.BytesDone, _last.TotalBytes, isStalled || _last.Phase != DownloadPhase.Downloading ? 0 : _last.BytesPerSecond, _timeLeft);
    }
}
