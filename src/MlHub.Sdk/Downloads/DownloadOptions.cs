using MlHub.Sdk.Downloads.Naming;

namespace MlHub.Sdk;

/// <summary>What callers may choose for the downloads of a dataset, a collection, an archive or a catalogue.</summary>
public sealed record DownloadOptions
{
    /// <summary>What to do when a file already lies under the final name.</summary>
    /// <value>The default is <see cref="IfExists.Resume"/>.</value>
    public IfExists IfExists { get; init; } = IfExists.Resume;

    /// <summary>What to do when another process is at work on the same target.</summary>
    /// <value>The default is <see cref="IfLocked.Wait"/>.</value>
    public IfLocked IfLocked { get; init; } = IfLocked.Wait;

    /// <summary>
    /// How many connections to use for one file, from 1 to 64; null lets the number follow what pays. More than
    /// <see cref="MlHubClientOptions.MaxConnectionsPerHost"/> are refused with an <see cref="ArgumentException"/>.
    /// </summary>
    /// <value>The default is null.</value>
    public int? Connections { get; init; }

    /// <summary>Whether the file and its directory are flushed to disk before the download is called done.</summary>
    /// <value>The default is null: the downloader's setting, which is true. Without it a power cut, though not a kill, may leave a damaged file under the final name.</value>
    public bool? FlushToDisk { get; init; }

    /// <summary>
    /// Digests that the file must have, beside those that the server promises. They are those of one file: with several, as of a dataset
    /// of several collections, they are refused with an <see cref="ArgumentException"/>.
    /// </summary>
    /// <value>The default is none.</value>
    public IReadOnlyList<FileDigest> ExpectedDigests { get; init; } = [];

    /// <summary>The paths of all downloads that belong together, or null.</summary>
    internal PathClaims? Claims { get; init; }
}
