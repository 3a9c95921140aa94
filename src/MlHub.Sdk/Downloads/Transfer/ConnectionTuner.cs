namespace MlHub.Sdk.Downloads.Transfer;

/// <summary>
/// Finds the fastest number of connections. It starts with few connections and doubles the number while each doubling increases the rate by at least 20 %,
/// measured over 0.1 seconds once all of them deliver bytes. After two measurements in a row without a gain it returns to the previous number, and tries again
/// later, with increasing intervals. Two are needed because servers that limit the rate of each connection send its first bytes at full speed, which makes the
/// next measurement look like a loss. It has no clock: the caller passes the time.
/// </summary>
internal sealed class ConnectionTuner(int first, int most)
{
    private const double GainForDoubling = 1.2;
    private const double GainForMore = 1.1;
    private static readonly TimeSpan Window = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan MaxSettlingTime = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private TimeSpan _changedAt;
    private TimeSpan? _windowFrom;
    private long _windowBytes;
    private double _rateBefore;
    private int _targetBefore;
    private TimeSpan _pause = FirstPause;
    private TimeSpan _pausedUntil;
    private bool _isTrying = true;
    private bool _isFirst = true;
    private bool _isDoubted;

    /// <summary>The number of connections to use now.</summary>
    internal int Target { get; private set; } = Math.Min(first, most);

    /// <summary>Called every few hundredths of a second to update the number.</summary>
    /// <param name="now">The time since the start.</param>
    /// <param name="bytes">The number of bytes received so far.</param>
    /// <param name="streaming">The number of connections that are delivering bytes.</param>
    internal void Observe(TimeSpan now, long bytes, int streaming)
    {
        if (_isTrying)
        {
            Try(now, bytes, streaming);
        }
        else if (now >= _pausedUntil && Target < most)
        {
            BeginWindow(now, bytes);
            _isTrying = true;
            _isFirst = true;
        }
    }

    private void Try(TimeSpan now, long bytes, int streaming)
    {
        // New connections take time to open. A measurement starts when all of them deliver bytes, or when that takes too long.
        if (_windowFrom is null)
        {
            if ((streaming >= Target && bytes > 0) || (bytes > 0 && now - _changedAt > MaxSettlingTime))
            {
                BeginWindow(now, bytes);
            }

            return;
        }

        if (now - _windowFrom < Window)
        {
            return;
        }

        var rate = (bytes - _windowBytes) / (now - _windowFrom.Value).TotalSeconds;
        if (_isFirst || rate >= _rateBefore * (Target >= 2 * _targetBefore ? GainForDoubling : GainForMore))
        {
            Grow(now, rate);
        }
        else if (!_isDoubted)
        {
            _isDoubted = true;
            BeginWindow(now, bytes);
        }
        else
        {
            Target = _targetBefore;
            Rest(now, _pause);
            _pause = _pause * 2 < LongestPause ? _pause * 2 : LongestPause;
        }
    }

    private void Grow(TimeSpan now, double rate)
    {
        _isFirst = false;
        _isDoubted = false;
        _rateBefore = rate;
        _targetBefore = Target;
        if (Target == most)
        {
            Rest(now, LongestPause);
            return;
        }

        Target = Math.Min(most, Target * 2);
        _changedAt = now;
        _windowFrom = null;
    }

    private void BeginWindow(TimeSpan now, long bytes)
    {
        _windowFrom = now;
        _windowBytes = bytes;
    }

    private void Rest(TimeSpan now, TimeSpan pause)
    {
        _isTrying = false;
        _isDoubted = false;
        _windowFrom = null;
        _pausedUntil = now + pause;
    }
}
