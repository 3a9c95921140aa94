namespace MlHub.Sdk;

/// <summary>A file that is whole and right under its final name.</summary>
public sealed record DownloadResult
{
    /// <summary>The final, absolute path.</summary>
    public required string Path { get; init; }

    /// <summary>The file's length in bytes.</summary>
    public required long Bytes { get; init; }

    /// <summary>How many bytes were there already from an earlier run, proved to be right, and so not fetched; 0 when all were fetched.</summary>
    public long ResumedFrom { get; init; }

    /// <summary>Whether the file was there already and nothing was fetched.</summary>
    public bool Skipped => SkipReason is not null;

    /// <summary>Why the file that was there was taken as the one that is asked for; null when it was fetched.</summary>
    public SkipReason? SkipReason { get; init; }

    /// <summary>How the file was verified.</summary>
    public DownloadVerification Verified { get; init; } = DownloadVerification.None;

    /// <summary>How often something was tried again: a request that failed or was refused for a while, a body that broke or stood still. Each is also logged.</summary>
    public int Retries { get; init; }

    /// <summary>
    /// How often the download began again with the first byte because what had been fetched, or had been found under the final name or from
    /// an earlier run, could not be built on. A request that is tried again, or spoilt pieces that are fetched again, are no restart; nor is
    /// a file that <see cref="IfExists.Overwrite"/> replaces.
    /// </summary>
    public int Restarts => RestartReasons.Count;

    /// <summary>Why, in order: one reason for each of the <see cref="Restarts"/>. Each is also logged as a warning.</summary>
    public IReadOnlyList<string> RestartReasons { get; init; } = [];

    /// <summary>The path, the length, how it was verified, and what was not fetched or had to be fetched again.</summary>
    public override string ToString()
    {
        var skipped = Skipped ? ", already there" : ResumedFrom > 0 ? $", {ResumedFrom} of them from an earlier run" : "";
        var restarts = Restarts > 0 ? $", started again: {string.Join("; ", RestartReasons)}" : "";
        return $"{Path} ({Bytes} bytes{skipped}, verified by {Verified}{restarts})";
    }
}
