using MlHub.Sdk.Downloads.Identity;
using MlHub.Sdk.Downloads.Reporting;

namespace MlHub.Sdk.Downloads.Session;

/// <summary>The facts that a download keeps from one attempt to the next. Only the session changes them, one event at a time.</summary>
internal sealed class Learned(Action<string> onRestart)
{
    private const int MaxChanges = 3;

    // One of several servers behind a host name may send invalid responses. More than three of them in a row are not a coincidence.
    private const int MaxOdd = 3;

    // A file that another program writes once or twice during the download is checked. Checking one that changes each time would never end.
    private const int MaxNewFiles = 3;
    private bool _isReplacementReported;
    private int _newFiles;
    private int _odd;
    private (EntityTag Tag, long Length)? _lengths;

    /// <summary>The reasons for the restarts from the first byte.</summary>
    internal IReadOnlyList<string> Restarts { get; private set; } = [];

    /// <summary>The number of times that the remote file changed.</summary>
    internal int Changes { get; private set; }

    /// <summary>Whether the remote file changed too often to continue.</summary>
    internal bool ChangesTooOften => Changes >= MaxChanges;

    /// <summary>Whether ranges may be requested. False after a response showed that they do not work.</summary>
    internal bool RangesUsable { get; private set; } = true;

    /// <summary>The reason why the existing file must be replaced. Null if it is unknown.</summary>
    internal string? WhyReplaced { get; private set; }

    /// <summary>
    /// Whether a digest did not match before. In that case all bytes are from this run, and at the next mismatch the server's digest is wrong.
    /// </summary>
    internal bool DigestWasWrong { get; set; }

    /// <summary>The reason why the present attempt cannot be resumed after an interruption. Null if it can.</summary>
    internal string? WhyNotResumable { get; set; }

    /// <summary>Records the length for a strong ETag, for later responses that contain only the ETag.</summary>
    internal void Note(FileIdentity identity) =>
        _lengths = identity is { ETag: { IsWeak: false } tag, Length: { } length } ? (tag, length) : _lengths;

    /// <summary>The length of a file, from its response or from an earlier response with the same strong ETag. Null if it is unknown.</summary>
    internal long? LengthOf(FileIdentity identity) =>
        identity.Length ?? (_lengths is { } known && identity.ETag is { IsWeak: false } tag && tag.Names(known.Tag) ? known.Length : null);

    /// <summary>Records that the remote file has another version than the stored bytes, and returns the reason for the restart.</summary>
    internal string RemoteChanged(string why)
    {
        Changes++;
        return $"the remote file changed: {why}";
    }

    /// <summary>Records a first response that does not match the request.</summary>
    /// <returns>Whether to retry before this response is accepted as final.</returns>
    internal bool MayAskAgain() => ++_odd <= MaxOdd;

    internal void ReceivedExpectedResponse() => _odd = 0;

    internal void RangesDoNotWork()
    {
        RangesUsable = false;
        _odd = 0;
    }

    /// <summary>Records that another program wrote the file with the final name during the download.</summary>
    /// <returns>Whether to check that file.</returns>
    internal bool MayLookAtNewFile() => ++_newFiles < MaxNewFiles;

    /// <summary>Records that the existing file is not the requested one.</summary>
    /// <param name="why">The reason.</param>
    /// <param name="isTold">Whether a restart with this reason is already being reported.</param>
    internal void FileIsOutdated(string why, bool isTold = false)
    {
        WhyReplaced ??= why;
        _isReplacementReported |= isTold;
    }

    /// <summary>Counts and reports that downloaded or existing bytes are discarded.</summary>
    internal void Restarted(string why)
    {
        Restarts = [.. Restarts, why];
        DownloadTelemetry.Restarted();
        onRestart(why);
    }

    /// <summary>Counts and reports unusable existing files. Several reasons are reported as one restart.</summary>
    internal void FoundUnusable(string? whyNotPart)
    {
        string[] reasons = [.. new[] { whyNotPart, _isReplacementReported ? null : WhyReplaced }.OfType<string>()];
        if (reasons.Length > 0)
        {
            _isReplacementReported = true;
            Restarted(string.Join("; ", reasons));
        }
    }
}
