namespace MlHub.Hub.Listings;

/// <summary>A file of a place that was read: STAC, or a table of boxes.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Bytes">Its bytes. Null if it cannot be read.</param>
/// <param name="WhyNot">Why it cannot be read. Null if it can.</param>
internal sealed record StoredDocument(string Key, byte[]? Bytes, string? WhyNot);
