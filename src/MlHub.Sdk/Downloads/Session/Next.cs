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

    /// <summary>Another attempt, from what is there: after the wait that a fault costs, or at once when there was none.</summary>
    /// <param name="Fault">What went wrong; null when nothing did and the place only has to be looked at afresh.</param>
    /// <param name="Round">The round of the request that failed.</param>
    internal sealed record Again(Fault? Fault = null, Retries.Round? Round = null) : Next;

    /// <summary>Another attempt, from the first byte: what is there is of no use.</summary>
    internal sealed record Restart(string Why) : Next;
}
