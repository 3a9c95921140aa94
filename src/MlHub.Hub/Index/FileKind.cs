namespace MlHub.Hub.Index;

/// <summary>What a file of the directory is for the hub.</summary>
internal enum FileKind
{
    /// <summary>JSON that is not STAC: an asset, or nothing.</summary>
    Other = 0,
    Catalog = 1,
    Collection = 2,
    Item = 3,
    Archive = 4,
    CatalogTarball = 5,
    Datasets = 6,
    LeftOut = 7,
}
