namespace MlHub.Server;

/// <summary>The catalogue of one dataset: the metadata of all its collections and items in one compressed tar file.</summary>
public sealed record HubCatalog
{
    /// <summary>The dataset's id, which is the catalogue's as well.</summary>
    public required string Dataset { get; init; }

    /// <summary>The size of all the dataset's assets together, in bytes.</summary>
    public required long EstimatedDatasetSize { get; init; }

    /// <summary>The tarball.</summary>
    public required HubFile File { get; init; }
}
