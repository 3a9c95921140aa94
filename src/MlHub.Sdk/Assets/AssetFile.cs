using System.Text.Json;

namespace MlHub.Sdk;

/// <summary>An asset of an item, with the path of its file.</summary>
/// <param name="Item">The item.</param>
/// <param name="Key">The key of the asset.</param>
/// <param name="Asset">The asset.</param>
/// <param name="Location">The address of the asset.</param>
/// <param name="Folder">The folder in the output directory.</param>
/// <param name="Name">The name of its file.</param>
internal sealed record AssetFile(Item Item, string Key, Asset Asset, AssetLocation Location, string Folder, string Name)
{
    /// <summary>The place of the asset among those of the item.</summary>
    internal int Index { get; init; }

    /// <summary>Whether all items of the collection share the file.</summary>
    internal bool IsCommon { get; init; }

    /// <summary>Whether no asset before had this path. False for a file that another item has in common.</summary>
    internal bool IsFirst { get; init; } = true;

    /// <summary>The outcome for this asset, without a result or an error yet.</summary>
    internal AssetOutcome Outcome => new() { CollectionId = Item.CollectionId, ItemId = Item.Id, Key = Key };

    // It is rejected before anything is sent or written, so that an asset without an address fails in order, like any other.
    private static readonly Uri NoAddress = new("about:blank");

    /// <summary>The request for the file.</summary>
    internal DownloadRequest Request(string outputDirectory, DownloadOptions options) => new()
    {
        Url = Location.Url ?? NoAddress,
        OutputDirectory = Path.Combine(outputDirectory, Folder),
        FileName = Name,
        Options = options,
        ExpectedDigests = StatedDigest is { } digest ? [digest] : [],
    };

    /// <summary>The size in the item (<c>file:size</c>, STAC File Info extension), in bytes. Null if there is none.</summary>
    internal long? StatedSize => SizeOf(Asset);

    /// <summary>The digest in the item (<c>file:checksum</c>). Null if there is none that can be verified.</summary>
    internal FileDigest? StatedDigest => DigestOf(Asset);

    /// <inheritdoc cref="StatedSize"/>
    internal static long? SizeOf(Asset asset) =>
        asset.AdditionalFields.TryGetValue("file:size", out var size) && size.ValueKind == JsonValueKind.Number && size.TryGetInt64(out var bytes) && bytes >= 0 ? bytes : null;

    /// <inheritdoc cref="StatedDigest"/>
    /// <remarks>The digits are ASCII, so the raw JSON text needs no unescaping.</remarks>
    internal static FileDigest? DigestOf(Asset asset) =>
        asset.AdditionalFields.TryGetValue("file:checksum", out var checksum) && checksum.ValueKind == JsonValueKind.String && Multihash.TryRead(checksum.GetRawText().Trim('"'), out var digest)
            ? digest
            : null;
}
