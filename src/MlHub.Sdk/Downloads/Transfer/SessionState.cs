using Microsoft.Extensions.Logging;
using MlHub.Sdk.Downloads.Naming;

namespace MlHub.Sdk.Downloads.Transfer;

/// <summary>What a download has learnt on its way, across its attempts.</summary>
internal sealed class SessionState
{
    /// <summary>The paths that this download has claimed among others, or null.</summary>
    internal PathClaim? Claim { get; init; }

    /// <summary>Why it had to begin again with the first byte, each time.</summary>
    internal IReadOnlyList<string> Restarts { get; private set; } = [];

    /// <summary>How often the remote changed.</summary>
    internal int Changes { get; set; }

    /// <summary>False once the server's answers to ranges proved useless.</summary>
    internal bool RangesUsable { get; set; } = true;

    /// <summary>Why a file under the final name is of no use, once that is known.</summary>
    internal string? WhyNotTaken { get; set; }

    /// <summary>Whether <see cref="WhyNotTaken"/> has been told: it is no reason for a second restart.</summary>
    internal bool IsWhyNotTakenNoted { get; set; }

    /// <summary>Why an interruption of the running attempt costs all of it; null when it does not.</summary>
    internal string? WhyNotResumable { get; set; }

    /// <summary>Counts and tells that bytes which were fetched or found are thrown away, and that the download begins again.</summary>
    internal void NoteRestart(ILogger logger, Uri url, string reason)
    {
        Restarts = [.. Restarts, reason];
        DownloadTelemetry.Restarted();
        DownloadLog.Restarting(logger, RedactedUrl.Of(url), reason);
    }
}
