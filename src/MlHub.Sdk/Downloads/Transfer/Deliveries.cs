using MlHub.Sdk.Downloads.Reporting;

namespace MlHub.Sdk.Downloads.Transfer;

/// <summary>
/// The shared state of the connections of one transfer: which of them deliver bytes, and what their responses have shown. How an invalid response is handled
/// depends on whether other connections deliver bytes.
/// </summary>
internal sealed class Deliveries(TimeProvider time)
{
    // More than three invalid responses in a row without any bytes are not caused by one bad server among several.
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

    /// <summary>The number of bytes received from the network.</summary>
    internal long BytesArrived => Interlocked.Read(ref _bytesArrived);

    /// <summary>The number of connections that deliver bytes.</summary>
    internal int Streaming => Volatile.Read(ref _streaming);

    /// <summary>Whether the body of the whole file is being read. In that case the transfer can succeed without a single range.</summary>
    internal bool FirstBodyStands
    {
        get => Volatile.Read(ref _firstBodyStands);
        set => Volatile.Write(ref _firstBodyStands, value);
    }

    /// <summary>Whether a range was received completely.</summary>
    internal bool RangesProved => Volatile.Read(ref _rangesProved);

    /// <summary>Whether ranges broke off and none was received completely.</summary>
    internal bool RangesOnlyBreak => Volatile.Read(ref _rangesBroke) && !RangesProved;

    /// <summary>Whether a connection may take over the rest of another one. Not allowed if the other one reads the only body that has not broken.</summary>
    internal bool MaySplit => !(FirstBodyStands && RangesOnlyBreak);

    /// <summary>Whether an additional connection may be opened now. After a refusal it is not allowed for a while, as long as others deliver bytes.</summary>
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

    /// <summary>Set when the state of a requested range changes: bytes were received, or the segment was returned.</summary>
    internal Signal RangeResponded { get; } = new();

    /// <summary>Set when another block is complete.</summary>
    internal Signal BlockDone { get; } = new();

    /// <summary>Records received bytes.</summary>
    internal void Arrived(int bytes)
    {
        Interlocked.Add(ref _bytesArrived, bytes);
        Volatile.Write(ref _arrivedAt, time.GetTimestamp());
        DownloadTelemetry.Arrived(bytes);
    }

    internal void CountStreaming(int more) => Interlocked.Add(ref _streaming, more);

    /// <summary>Whether connections other than the caller's deliver bytes, or bytes were received since the given moment.</summary>
    /// <param name="amStreaming">Whether the caller's own connection is counted as delivering.</param>
    /// <param name="since">The moment.</param>
    internal bool OthersDeliver(bool amStreaming, long since = long.MaxValue) =>
        FirstBodyStands || Streaming > (amStreaming ? 1 : 0) || Volatile.Read(ref _arrivedAt) > since;

    /// <summary>Records a range that was received completely.</summary>
    internal void RangeReceivedCompletely()
    {
        lock (_lock)
        {
            (_odd, _pause) = (0, FirstPause);
            Volatile.Write(ref _rangesProved, true);
        }
    }

    /// <summary>Records a range whose body broke off.</summary>
    internal void RangeBroke() => Volatile.Write(ref _rangesBroke, true);

    /// <summary>Records an invalid response while no connection delivers bytes.</summary>
    /// <returns>Whether the request may be retried: ranges were received before, and there were not too many invalid responses in a row.</returns>
    internal bool MayAskAgain()
    {
        lock (_lock)
        {
            return _rangesProved && ++_odd <= MaxOdd;
        }
    }

    /// <summary>Records that an additional connection was refused. No other is opened for a while. The pause doubles each time.</summary>
    /// <param name="retryAfter">The wait that the server asks for. Null if it does not.</param>
    internal void PauseNewConnections(TimeSpan? retryAfter)
    {
        lock (_lock)
        {
            // Simultaneous refusals count as one.
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
