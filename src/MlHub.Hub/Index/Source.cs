namespace MlHub.Hub.Index;

/// <summary>Where a document was found. If the same item is in several places, the first of these counts.</summary>
internal enum Source
{
    Tree = 0,
    CatalogTarball = 1,
    Archive = 2,

    /// <summary>A template of a hub definition made it.</summary>
    Template = 3,
}
