namespace MlHub.Hub.Reading;

/// <summary>What a JSON file is.</summary>
internal enum StacKind
{
    /// <summary>Not STAC, for example labels or the metadata of an image.</summary>
    None,
    Catalog,
    Collection,
    Item,
}
