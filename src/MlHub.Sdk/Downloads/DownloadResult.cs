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

    /// <summary>How often the download had to start again from nothing.</summary>
    public int Restarts => RestartReasons.Count;

    /// <summary>Why each restart happened, in order; also why a file or a partial file that was there was not built on.</summary>
    public IReadOnlyList<string> RestartReasons { get; init; } = [];
}
