namespace MlHub.Hub.Index;

/// <summary>A STAC Catalog of the index.</summary>
internal sealed record StoredCatalog(string Path, string? Entry, string Dataset, Source Source, byte[] Json);
