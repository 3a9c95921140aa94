namespace MlHub.Sdk.Downloads.Transfer;

/// <summary>What a download has learnt on its way, across its attempts.</summary>
internal sealed class SessionState
{
    /// <summary>Why it had to start again, each time.</summary>
    internal List<string> Restarts { get; } = [];

    /// <summary>How often the remote changed.</summary>
    internal int Changes { get; set; }

    /// <summary>False once the server's answers to ranges proved useless.</summary>
    internal bool RangesUsable { get; set; } = true;

    /// <summary>False once a file that was there proved not to be the beginning of the remote.</summary>
    internal bool MayAdopt { get; set; } = true;

    /// <summary>Why an interruption of the running attempt costs all of it; null when it does not.</summary>
    internal string? WhyNotResumable { get; set; }
}
