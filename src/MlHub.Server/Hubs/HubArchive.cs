namespace MlHub.Server;

/// <summary>The archive of one collection: all its metadata and assets in one compressed tar file.</summary>
public sealed record HubArchive
{
    /// <summary>The id of the collection. It is also the id of the archive.</summary>
    public required string Collection { get; init; }

    /// <summary>The id of the dataset of the collection.</summary>
    public required string Dataset { get; init; }

    /// <summary>The kinds of the collection: <c>source_imagery</c>, <c>labels</c> or both.</summary>
    public required IReadOnlyList<string> Types { get; init; }

    /// <summary>The tarball.</summary>
    public required HubFile File { get; init; }
}
