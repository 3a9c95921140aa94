namespace MlHub.Sdk;

/// <summary>A file that is whole and right under its final name.</summary>
public sealed record DownloadResult
{
    /// <summary>The final, absolute path.</summary>
    public required string Path { get; init; }

    /// <summary>The file's length in bytes.</summary>
    public required long Bytes { get; init; }

    /// <summary>How many bytes of an earlier run were proved to be right and not fetched again; 0 if all bytes were fetched.</summary>
    public long ResumedFrom { get; init; }

    /// <summary>Whether the file was there already and nothing was fetched. It is true if <see cref="SkipReason"/> is not null.</summary>
    public bool Skipped => SkipReason is not null;

    /// <summary>Why the file that was there was taken as the one that was asked for; null if the file was fetched.</summary>
    public SkipReason? SkipReason { get; init; }

    /// <summary>How the file was verified.</summary>
    public DownloadVerification Verified { get; init; } = DownloadVerification.None;

    /// <summary>How often something was tried again: a request that failed, or a body that broke or stalled. Each is also logged.</summary>
    public int Retries { get; init; }

    /// <summary>
    /// How often the download began again with the first byte, because bytes that were fetched or found were of no use. A request that is tried again is no
    /// restart. Neither are spoilt blocks that are fetched again, nor a file that <see cref="IfExists.Overwrite"/> replaces.
    /// </summary>
    public int Restarts => RestartReasons.Count;

    /// <summary>The reasons for the <see cref="Restarts"/>, in order. Each is also logged as a warning.</summary>
    public IReadOnlyList<string> RestartReasons { get; init; } = [];

    /// <summary>The path, the length, how it was verified, what was there already, and why the download started again.</summary>
    public override string ToString()
    {
        var skipped = Skipped ? ", already there" : ResumedFrom > 0 ? $", {ResumedFrom} of them from an earlier run" : "";
        var restarts = Restarts > 0 ? $", started again: {string.Join("; ", RestartReasons)}" : "";
        return $"{Path} ({Bytes} bytes{skipped}, verified by {Verified}{restarts})";
    }
}
