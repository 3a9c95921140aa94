namespace MlHub.Sdk;

/// <summary>How much a download would fetch.</summary>
/// <remarks>Files that are there already are counted too: whether they would be fetched again is known only when they are compared.</remarks>
public sealed record DownloadEstimate
{
    /// <summary>How many files there are.</summary>
    public required long Files { get; init; }

    /// <summary>Their size, in bytes, without the files whose size is unknown.</summary>
    public required long Bytes { get; init; }

    /// <summary>How many of the files have a size that is unknown: the server does not tell it, or could not be asked.</summary>
    /// <value>The default is 0.</value>
    public long FilesOfUnknownSize { get; init; }
}
