namespace MlHub.Sdk.Assets.Fetching;

/// <summary>
/// Finds how many files to fetch at the same time: the number doubles while that makes the run faster. The more a server delays its responses, the more files have to be
/// asked for at once. One thread at a time may use it.
/// </summary>
/// <param name="chosen">The number that the caller chose. Null to find it.</param>
/// <param name="time">The clock.</param>
internal sealed class ConcurrencyLimit(int? chosen, TimeProvider time)
{
    private const int First = 32;
    private const int Most = 256;
    private const double LeastGain = 1.15;

    // Each file that runs ends a few times in a window.
    private const int EndsOfEach = 3;
    private static readonly TimeSpan ShortestWindow = TimeSpan.FromMilliseconds(150);

    private long _windowBegan = time.GetTimestamp();
    private int _ended;
    private double _bestRate;
    private int _best = First;
    private bool _isFound = chosen is not null;

    /// <summary>How many files to fetch at the same time now.</summary>
    internal int Limit { get; private set; } = chosen ?? First;

    /// <summary>Called when a file has ended.</summary>
    /// <returns>Whether more files may be fetched at the same time than before.</returns>
    internal bool Ended()
    {
        if (_isFound || ++_ended < Limit * EndsOfEach || time.GetElapsedTime(_windowBegan) is var elapsed && elapsed < ShortestWindow)
        {
            return false;
        }

        var rate = _ended / elapsed.TotalSeconds;
        if (rate < _bestRate * LeastGain)
        {
            (Limit, _isFound) = (_best, true);
            return false;
        }

        (_best, _bestRate, _ended, _windowBegan) = (Limit, rate, 0, time.GetTimestamp());
        Limit = Math.Min(Most, Limit * 2);
        _isFound = Limit == _best;
        return !_isFound;
    }
}
