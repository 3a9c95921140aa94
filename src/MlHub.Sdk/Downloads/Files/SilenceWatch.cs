namespace MlHub.Sdk.Downloads.Files;

/// <summary>
/// Watches a lock whose owner cannot be checked: a process on another host, which renews its lock every ten seconds, or a process that has not written its name
/// yet. The time in the lock comes from another clock, so only a change of it counts. Elapsed time is measured with the local clock.
/// </summary>
internal sealed class SilenceWatch(TimeProvider time)
{
    private static readonly TimeSpan LongestSilence = TimeSpan.FromMinutes(2);

    // A lock file without an owner is being written right now, or a kill interrupted the writing.
    private static readonly TimeSpan MaxWritingTime = TimeSpan.FromSeconds(2);
    private string? _nonce;
    private DateTime _touch;
    private long? _since;

    /// <summary>Checks once. Returns true if the lock has not changed for two minutes, or for two seconds if it names no owner.</summary>
    internal bool IsSilent(LockOwner? owner, DateTime touch)
    {
        if (_since is null || _nonce != owner?.Nonce || _touch != touch)
        {
            (_nonce, _touch, _since) = (owner?.Nonce, touch, time.GetTimestamp());
        }

        return time.GetElapsedTime(_since.Value) > (owner is null ? MaxWritingTime : LongestSilence);
    }
}
