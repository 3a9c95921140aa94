namespace MlHub.Sdk;

/// <summary>The progress of the download of a dataset's assets.</summary>
public readonly record struct AssetsProgress
{
    /// <summary>The number of files in the selection.</summary>
    public required long Selected { get; init; }

    /// <summary>The number of files that are complete, downloaded or already there.</summary>
    public required long Complete { get; init; }

    /// <summary>The number of files that could not be downloaded.</summary>
    public required long Failed { get; init; }

    /// <summary>The number of bytes of the files that were downloaded.</summary>
    public required long Bytes { get; init; }

    /// <summary>The progress of a file of 8 MiB or more. Null if the change is another one.</summary>
    public DownloadProgress? File { get; init; }
}
