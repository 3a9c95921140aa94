namespace MlHub.Sdk;

/// <summary>A file in a lock.</summary>
/// <param name="Path">Its path in the directory of the dataset, with slashes.</param>
/// <param name="CollectionId">Its collection.</param>
/// <param name="ItemId">Its item; null for an asset of the collection itself, and for a file that items share.</param>
/// <param name="Key">Its key.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Sha256">Its SHA-256, in lower-case hexadecimal digits.</param>
/// <param name="Split">Its split, for example <c>train</c>; null if the lock has no splits.</param>
public sealed record LockedAsset(string Path, string CollectionId, string? ItemId, string Key, long Bytes, string Sha256, string? Split);
