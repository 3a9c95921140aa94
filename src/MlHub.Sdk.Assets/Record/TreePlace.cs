namespace MlHub.Sdk.Assets.Record;

/// <summary>The place of a STAC file in the tree of a dataset.</summary>
/// <param name="Path">Its path, with slashes.</param>
/// <param name="Number">Its number among the documents of the catalogue. -1 for a catalog that the hub does not have.</param>
/// <param name="Parent">The path of the catalog or collection that it belongs to. Null for the root.</param>
internal sealed record TreePlace(string Path, long Number, string? Parent);
