namespace MlHub.Sdk.Downloads.Files;

/// <summary>
/// Watches a lock whose owner cannot be looked up: a process on another host, which touches its lock every ten seconds, or one that has not
/// written its name yet. The time of the touch comes from another clock, so only a change of it counts; elapsed time is measured here.
/// </summary>
internal sealed class SilenceWatch(TimeProvider time)
{
    private static readonly TimeSpan LongestSilence = TimeSpan.FromMinutes(2);

    // A lock file that names no owner is being written at this moment, or a kill has cut it short.
    private static readonly TimeSpan WritingTakes = TimeSpan.FromSeconds(2);
    private string? _nonce;
    private DateTime _touch;
    private long? _since;

    /// <summary>Looks once. True when the lock has not changed for two minutes of looking, or for two seconds where it names no owner.</summary>
    internal bool HasFallenSilent(LockOwner? owner, DateTime touch)
    {
        if (_since is null || _nonce != owner?.Nonce || _touch != touch)
        {
            (_nonce, _touch, _since) = (owner?.Nonce, touch, time.GetTimestamp());
        }

        return time.GetElapsedTime(_since.Value) > (owner is null ? WritingTakes : LongestSilence);
    }
}
