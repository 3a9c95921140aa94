namespace MlHub.Server;

/// <summary>The archive of one collection: all its metadata and assets in one gzipped tarball.</summary>
public sealed record HubArchive
{
    /// <summary>The collection's id, which is the archive's as well.</summary>
    public required string Collection { get; init; }

    /// <summary>The id of the dataset that the collection belongs to.</summary>
    public required string Dataset { get; init; }

    /// <summary>What the collection holds: <c>source_imagery</c>, <c>labels</c> or both.</summary>
    public required IReadOnlyList<string> Types { get; init; }

    /// <summary>The tarball.</summary>
    public required HubFile File { get; init; }
}
