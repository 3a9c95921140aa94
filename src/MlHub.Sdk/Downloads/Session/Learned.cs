using MlHub.Sdk.Downloads.Identity;
using MlHub.Sdk.Downloads.Reporting;

namespace MlHub.Sdk.Downloads.Session;

/// <summary>What a download has learned from one attempt to the next. Only the session's own flow changes it, one event after the other.</summary>
internal sealed class Learned(Action<string> onRestart)
{
    private const int MaxChanges = 3;

    // One of several servers behind a name may answer oddly. More than three such answers in a row are no accident.
    private const int MaxOdd = 3;

    // A file that another program writes once or twice meanwhile is looked at. One that changes each time would be looked at for ever.
    private const int MaxNewFiles = 3;
    private bool _isWhyReplacedTold;
    private int _newFiles;
    private int _odd;
    private (EntityTag Tag, long Length)? _lengths;

    /// <summary>Why the download began again with the first byte, each time.</summary>
    internal IReadOnlyList<string> Restarts { get; private set; } = [];

    /// <summary>How often the remote file changed.</summary>
    internal int Changes { get; private set; }

    /// <summary>Whether the remote file changes too often to go on.</summary>
    internal bool ChangesTooOften => Changes >= MaxChanges;

    /// <summary>Whether ranges may be asked for: false once an answer showed that they are of no use.</summary>
    internal bool RangesUsable { get; private set; } = true;

    /// <summary>Why the file under the final name is to be replaced; null when that is not known.</summary>
    internal string? WhyReplaced { get; private set; }

    /// <summary>Whether a digest was found to be wrong before. Then all bytes are of this run, and the next time the server is wrong.</summary>
    internal bool DigestWasWrong { get; set; }

    /// <summary>Why an interruption of the running attempt costs all of it; null when it does not.</summary>
    internal string? WhyNotResumable { get; set; }

    /// <summary>Notes the length that goes with a strong ETag, for an answer that tells the ETag alone.</summary>
    internal void Note(FileIdentity identity) =>
        _lengths = identity is { ETag: { IsWeak: false } tag, Length: { } length } ? (tag, length) : _lengths;

    /// <summary>The length of a file, by its own answer or by an earlier one with the same strong ETag; null when none told it.</summary>
    internal long? LengthOf(FileIdentity identity) =>
        identity.Length ?? (_lengths is { } known && identity.ETag is { IsWeak: false } tag && tag.Names(known.Tag) ? known.Length : null);

    /// <summary>Why the remote is of another version than what is there.</summary>
    internal string RemoteChanged(string why)
    {
        Changes++;
        return $"the remote file changed: {why}";
    }

    /// <summary>Notes a first answer that is not what was asked for.</summary>
    /// <returns>Whether to ask again before that is believed.</returns>
    internal bool MayAskAgain() => ++_odd <= MaxOdd;

    internal void AnsweredRightly() => _odd = 0;

    internal void RangesAreNoUse()
    {
        RangesUsable = false;
        _odd = 0;
    }

    /// <summary>Notes that another program wrote the file under the final name while it was fetched.</summary>
    /// <returns>Whether to look at that file.</returns>
    internal bool MayLookAtNewFile() => ++_newFiles < MaxNewFiles;

    /// <summary>The file under the final name is not the one that is asked for.</summary>
    /// <param name="why">Why not.</param>
    /// <param name="isTold">Whether a restart that says so is on its way.</param>
    internal void FileIsOld(string why, bool isTold = false)
    {
        WhyReplaced ??= why;
        _isWhyReplacedTold |= isTold;
    }

    /// <summary>Counts and tells that bytes which were fetched or found are thrown away.</summary>
    internal void Restarted(string why)
    {
        Restarts = [.. Restarts, why];
        DownloadTelemetry.Restarted();
        onRestart(why);
    }

    /// <summary>Counts and tells what was found and is of no use. Several reasons are reported as one restart.</summary>
    internal void FoundNoUse(string? whyNotPart)
    {
        string[] reasons = [.. new[] { whyNotPart, _isWhyReplacedTold ? null : WhyReplaced }.OfType<string>()];
        if (reasons.Length > 0)
        {
            _isWhyReplacedTold = true;
            Restarted(string.Join("; ", reasons));
        }
    }
}
