using MlHub.Sdk.Downloads.Pacing;

namespace MlHub.Sdk.Downloads.Session;

/// <summary>What is to happen after an attempt.</summary>
internal abstract record Next
{
    private Next()
    {
    }

    /// <summary>Nothing: the file is there.</summary>
    internal sealed record Done(DownloadResult Result) : Next;

    /// <summary>Another attempt, from what is there, after the wait that a fault costs.</summary>
    /// <param name="Fault">What went wrong.</param>
    /// <param name="Round">The round of the request that failed.</param>
    internal sealed record Again(Fault Fault, Retries.Round Round) : Next;

    /// <summary>Another attempt at once: nothing went wrong, but what lies there has to be looked at afresh.</summary>
    internal sealed record LookAgain : Next;

    /// <summary>Another attempt, from the first byte: what is there is of no use.</summary>
    internal sealed record Restart(string Why) : Next;
}
