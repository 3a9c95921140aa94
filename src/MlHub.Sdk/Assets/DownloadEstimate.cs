namespace MlHub.Sdk;

/// <summary>The estimated number and size of the files of a download.</summary>
/// <remarks>Existing local files are counted too, because only a comparison can show whether they would be downloaded again.</remarks>
public sealed record DownloadEstimate
{
    /// <summary>The number of files.</summary>
    public required long Files { get; init; }

    /// <summary>The total size of the files whose size is known, in bytes.</summary>
    public required long Bytes { get; init; }

    /// <summary>The number of files whose size is unknown, because the server does not report it or could not be reached.</summary>
    /// <value>The default is 0.</value>
    public long FilesOfUnknownSize { get; init; }
}
