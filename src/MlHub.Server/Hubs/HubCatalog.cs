namespace MlHub.Server;

/// <summary>The catalogue of one dataset: the metadata of all its collections and items in one compressed tar file.</summary>
public sealed record HubCatalog
{
    /// <summary>The id of the dataset. It is also the id of the catalogue.</summary>
    public required string Dataset { get; init; }

    /// <summary>The total size of all assets of the dataset, in bytes.</summary>
    public required long EstimatedDatasetSize { get; init; }

    /// <summary>The tarball.</summary>
    public required HubFile File { get; init; }
}
