using MlHub.Sdk.Downloads.Reporting;

namespace MlHub.Sdk.Downloads.Transfer;

/// <summary>
/// What the connections of one transfer deliver, and what their answers have shown. It is the one thing that they share: each of them reports here, and what
/// an odd answer costs is decided by whether the others deliver.
/// </summary>
internal sealed class Deliveries(TimeProvider time)
{
    // More than three odd answers in a row, while nothing arrives, are not one bad server among several.
    private const int MaxOdd = 3;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private long _bytesArrived;
    private long _arrivedAt = long.MinValue;
    private int _streaming;
    private bool _firstBodyStands;
    private bool _rangesProved;
    private bool _rangesBroke;
    private int _odd;
    private TimeSpan _pause = FirstPause;
    private long _pausedAt;
    private TimeSpan _pausedFor;

    /// <summary>The bytes that came from the network.</summary>
    internal long BytesArrived => Interlocked.Read(ref _bytesArrived);

    /// <summary>How many connections deliver.</summary>
    internal int Streaming => Volatile.Read(ref _streaming);

    /// <summary>Whether the body of the whole file is being read: then all can go well without a single range.</summary>
    internal bool FirstBodyStands
    {
        get => Volatile.Read(ref _firstBodyStands);
        set => Volatile.Write(ref _firstBodyStands, value);
    }

    /// <summary>Whether a range came whole.</summary>
    internal bool RangesProved => Volatile.Read(ref _rangesProved);

    /// <summary>Whether ranges came that broke off, and none that came whole.</summary>
    internal bool RangesOnlyBreak => Volatile.Read(ref _rangesBroke) && !RangesProved;

    /// <summary>Whether a connection may take over what another one has left: not from the only body that has not broken.</summary>
    internal bool MaySplit => !(FirstBodyStands && RangesOnlyBreak);

    /// <summary>Whether a further connection may be opened now. After one was refused, not for a while, as long as others deliver.</summary>
    internal bool MayAddConnection
    {
        get
        {
            lock (_lock)
            {
                return !IsPaused || !OthersDeliver(amStreaming: false);
            }
        }
    }

    /// <summary>Set when more is known of a range that was asked for: bytes of it came, or it was given back.</summary>
    internal Signal RangeAnswered { get; } = new();

    /// <summary>Set when a further block is there.</summary>
    internal Signal BlockDone { get; } = new();

    /// <summary>Notes bytes that came.</summary>
    internal void Arrived(int bytes)
    {
        Interlocked.Add(ref _bytesArrived, bytes);
        Volatile.Write(ref _arrivedAt, time.GetTimestamp());
        DownloadTelemetry.Arrived(bytes);
    }

    internal void CountStreaming(int more) => Interlocked.Add(ref _streaming, more);

    /// <summary>Whether other connections than the caller's deliver, or bytes came since a moment.</summary>
    /// <param name="amStreaming">Whether the caller's own connection counts among those that deliver.</param>
    /// <param name="since">The moment.</param>
    internal bool OthersDeliver(bool amStreaming, long since = long.MaxValue) =>
        FirstBodyStands || Streaming > (amStreaming ? 1 : 0) || Volatile.Read(ref _arrivedAt) > since;

    /// <summary>Notes a range that came whole.</summary>
    internal void RangeCameWhole()
    {
        lock (_lock)
        {
            (_odd, _pause) = (0, FirstPause);
            Volatile.Write(ref _rangesProved, true);
        }
    }

    /// <summary>Notes a range whose body broke off.</summary>
    internal void RangeBroke() => Volatile.Write(ref _rangesBroke, true);

    /// <summary>Notes an odd answer that came while nobody delivers.</summary>
    /// <returns>Whether it may be asked again: ranges have come before, and such answers do not come one after the other.</returns>
    internal bool MayAskAgain()
    {
        lock (_lock)
        {
            return _rangesProved && ++_odd <= MaxOdd;
        }
    }

    /// <summary>Notes that one connection more was refused. No other is opened for a while, which is twice as long after each pause.</summary>
    /// <param name="retryAfter">What the server asks for; null when it names no time.</param>
    internal void PauseNewConnections(TimeSpan? retryAfter)
    {
        lock (_lock)
        {
            // Those that were refused together are one refusal.
            if (!IsPaused)
            {
                (_pausedAt, _pausedFor) = (time.GetTimestamp(), _pause);
                _pause = _pause * 2 < LongestPause ? _pause * 2 : LongestPause;
            }

            _pausedFor = retryAfter > _pausedFor ? retryAfter.Value : _pausedFor;
        }
    }

    private bool IsPaused => _pausedFor > TimeSpan.Zero && time.GetElapsedTime(_pausedAt) < _pausedFor;
}
