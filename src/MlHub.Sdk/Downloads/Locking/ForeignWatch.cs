namespace MlHub.Sdk.Downloads.Locking;

/// <summary>
/// Watches the lock of a process on another host, which nobody here can ask whether it lives: one that does touches its lock every few seconds.
/// Only whether the touch changes counts, and the time that passes here: what it says comes from another clock.
/// </summary>
internal sealed class ForeignWatch(TimeProvider time)
{
    private static readonly TimeSpan LongestSilence = TimeSpan.FromMinutes(2);
    private string? _nonce;
    private DateTime _touch;
    private long _since;

    /// <summary>Takes a look; true when the same owner's lock has been the same for two minutes of looking.</summary>
    internal bool HasFallenSilent(LockOwner owner, DateTime touch)
    {
        if (_nonce != owner.Nonce || _touch != touch)
        {
            (_nonce, _touch, _since) = (owner.Nonce, touch, time.GetTimestamp());
        }

        return time.GetElapsedTime(_since) > LongestSilence;
    }
}
