using System.Text.Json;

namespace MlHub.Sdk;

/// <summary>One asset of an item, with the place that it gets.</summary>
/// <param name="Item">The item.</param>
/// <param name="Key">The key of the asset.</param>
/// <param name="Asset">The asset.</param>
/// <param name="Location">Where it is.</param>
/// <param name="Folder">The folder below the output directory.</param>
/// <param name="Name">The name of its file.</param>
internal sealed record AssetFile(Item Item, string Key, Asset Asset, AssetLocation Location, string Folder, string Name)
{
    /// <summary>The outcome of a download of this asset, without its end.</summary>
    internal AssetOutcome Outcome => new() { CollectionId = Item.CollectionId, ItemId = Item.Id, Key = Key };

    // It is refused before anything is sent or written, so that an asset without an address fails in its turn, as any other.
    private static readonly Uri NoAddress = new("about:blank");

    /// <summary>The request for the file.</summary>
    internal DownloadRequest Request(string outputDirectory, DownloadOptions options) => new()
    {
        Url = Location.Url ?? NoAddress,
        OutputDirectory = Path.Combine(outputDirectory, Folder),
        FileName = Name,
        Options = options,
        ExpectedDigests = Multihash.TryRead(Checksum, out var digest) ? [digest] : [],
    };

    /// <summary>The size that the item states (<c>file:size</c>, STAC File Info extension), in bytes; null if it states none.</summary>
    internal long? StatedSize =>
        Asset.AdditionalFields.TryGetValue("file:size", out var size) && size.ValueKind == JsonValueKind.Number && size.TryGetInt64(out var bytes) && bytes >= 0 ? bytes : null;

    // Its digits are ASCII, so that the raw text is the text.
    private string? Checksum =>
        Asset.AdditionalFields.TryGetValue("file:checksum", out var checksum) && checksum.ValueKind == JsonValueKind.String ? checksum.GetRawText().Trim('"') : null;
}
