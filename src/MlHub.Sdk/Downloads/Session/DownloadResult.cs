namespace MlHub.Sdk;

/// <summary>A complete and verified file under its final name.</summary>
public sealed record DownloadResult
{
    /// <summary>The final, absolute path.</summary>
    public required string Path { get; init; }

    /// <summary>The file's length in bytes.</summary>
    public required long Bytes { get; init; }

    /// <summary>The number of bytes from an earlier run that were proved correct and not downloaded again. 0 if all bytes were downloaded.</summary>
    public long ResumedFrom { get; init; }

    /// <summary>Whether the file already existed and nothing was downloaded. True if <see cref="SkipReason"/> is not null.</summary>
    public bool Skipped => SkipReason is not null;

    /// <summary>The reason why the existing file was accepted. Null if the file was downloaded.</summary>
    public SkipReason? SkipReason { get; init; }

    /// <summary>How the file was verified.</summary>
    public DownloadVerification Verified { get; init; } = DownloadVerification.None;

    /// <summary>The number of retries: after a failed request, or after a body that broke off or stalled. Each retry is also logged.</summary>
    public int Retries { get; init; }

    /// <summary>
    /// The number of times the download restarted from the first byte, because the bytes downloaded so far could not be used. Retried requests, corrupt blocks
    /// that are downloaded again, and a file that <see cref="IfExists.Overwrite"/> replaces are not counted.
    /// </summary>
    public int Restarts => RestartReasons.Count;

    /// <summary>The reasons for the <see cref="Restarts"/>, in order. Each is also logged as a warning.</summary>
    public IReadOnlyList<string> RestartReasons { get; init; } = [];

    /// <summary>The path, the length, how the file was verified, how many bytes existed before, and why the download restarted.</summary>
    public override string ToString()
    {
        var skipped = Skipped ? ", already there" : ResumedFrom > 0 ? $", {ResumedFrom} of them from an earlier run" : "";
        var restarts = Restarts > 0 ? $", started again: {string.Join("; ", RestartReasons)}" : "";
        return $"{Path} ({Bytes} bytes{skipped}, verified by {Verified}{restarts})";
    }
}
