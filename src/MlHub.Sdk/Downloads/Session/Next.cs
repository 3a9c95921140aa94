using MlHub.Sdk.Downloads.Pacing;

namespace MlHub.Sdk.Downloads.Session;

/// <summary>The next step after an attempt.</summary>
internal abstract record Next
{
    private Next()
    {
    }

    /// <summary>Nothing: the file is complete.</summary>
    internal sealed record Done(DownloadResult Result) : Next;

    /// <summary>Another attempt that resumes with the stored bytes, after the wait for a fault.</summary>
    /// <param name="Fault">What went wrong.</param>
    /// <param name="Round">The round of the request that failed.</param>
    internal sealed record Again(Fault Fault, Retries.Round Round) : Next;

    /// <summary>Another attempt immediately: there was no fault, but the files on disk must be checked again.</summary>
    internal sealed record LookAgain : Next;

    /// <summary>Another attempt from the first byte, because the stored bytes are useless.</summary>
    internal sealed record Restart(string Why) : Next;
}
