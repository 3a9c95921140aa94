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
    public bool Skipped { get; init; }

    /// <summary>How the file was verified.</summary>
    public DownloadVerification Verified { get; init; } = DownloadVerification.None;

    /// <summary>
    /// How often the download began again with the first byte because what had been fetched, or had been found under the final name or from
    /// an earlier run, could not be built on. A request that is tried again, or spoilt pieces that are fetched again, are no restart; nor is
    /// a file that <see cref="IfExists.Overwrite"/> replaces.
    /// </summary>
    public int Restarts => RestartReasons.Count;

    /// <summary>Why, in order: one reason for each of the <see cref="Restarts"/>. Each is also logged as a warning.</summary>
    public IReadOnlyList<string> RestartReasons { get; init; } = [];
}
