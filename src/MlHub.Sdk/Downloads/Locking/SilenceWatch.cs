namespace MlHub.Sdk.Downloads.Locking;

/// <summary>
/// Watches a lock whose owner nobody here can ask whether it lives: one on another host, which touches its lock every few seconds, or one that has
/// not written its name yet. Only whether the touch changes counts, and the time that passes here: what it says comes from another clock.
/// </summary>
internal sealed class SilenceWatch(TimeProvider time)
{
    private static readonly TimeSpan LongestSilence = TimeSpan.FromMinutes(2);

    // A file without a legible owner is one that is being written this moment, or that a kill has cut short.
    private static readonly TimeSpan WritingTakes = TimeSpan.FromSeconds(2);
    private string? _nonce;
    private DateTime _touch;
    private long? _since;

    /// <summary>Takes a look; true when the same owner's lock has been the same for two minutes of looking, or for two seconds where it names none.</summary>
    internal bool HasFallenSilent(LockOwner? owner, DateTime touch)
    {
        if (_since is null || _nonce != owner?.Nonce || _touch != touch)
        {
            (_nonce, _touch, _since) = (owner?.Nonce, touch, time.GetTimestamp());
        }

        return time.GetElapsedTime(_since.Value) > (owner is null ? WritingTakes : LongestSilence);
    }
}
