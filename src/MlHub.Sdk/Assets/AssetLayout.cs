using System.Globalization;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text;
using MlHub.Sdk.Downloads.Files;

namespace MlHub.Sdk;

/// <summary>
/// Gives each asset of a download its own path: <c>{collection}/{item}/{key}{ext}</c>, as in the Python client. Assets that all items of a collection share are
/// stored as <c>{collection}/_common/{key}{ext}</c>.
/// </summary>
/// <remarks>
/// Every name is made safe for Windows, Linux and macOS. A name that had to be changed, that differs from another only in upper and lower case, or
/// that macOS may treat as equal to another (an <c>é</c> of two characters), gets eight digits of a hash: <c>a/b</c> becomes <c>a_b~1f0c52aa</c>. Therefore no two assets get the same path. About 50 bytes of memory are kept for each item.
/// </remarks>
internal sealed class AssetLayout
{
    private const string Common = "_common";
    private const int MostOnStack = 256;

    // What MlHub.Sdk.Assets keeps beside the collections of a dataset.
    private static readonly string[] Records = ["mlhub_stac_assets.", "err_report.", "report."];

    // The hash of a path, and the hash of its item or asset.
    private readonly Dictionary<UInt128, UInt128> _owners = [];

    private (string? CollectionId, string Name) _lastFolder;

    /// <summary>The assets of an item with their paths. Items and common assets that already have a path are left out.</summary>
    /// <param name="item">The item.</param>
    /// <param name="locate">Returns the address of an asset.</param>
    internal IEnumerable<AssetFile> Place(Item item, Func<Asset, AssetLocation> locate) => PlaceAll(ItemAssets.Of(item, locate, reserved: null)).Where(file => file.IsFirst);

    /// <summary>The assets of an item with their paths, and also the common assets that already have one. Items that already have a path are left out.</summary>
    /// <param name="assets">The assets of the item.</param>
    internal IEnumerable<AssetFile> PlaceAll(ItemAssets assets)
    {
        var item = assets.Item;
        var collection = item.CollectionId is { } id ? Folder(id) : "";
        foreach (var asset in assets.Shared)
        {
            var folder = Path.Combine(collection, Common);
            var (name, isNew) = Claim(folder, asset.Key + asset.Extension, Hash($"{asset.Location.Url}"), asset.Extension);
            yield return asset.At(item, folder, name) with { IsCommon = true, IsFirst = isNew };
        }

        // The same item may occur twice if a list changes while it is read. A different item with the same id gets another path.
        var (itemName, isNewItem) = Claim(collection, item.Id, assets.Hash);
        var own = isNewItem ? Path.Combine(collection, itemName) : "";
        foreach (var asset in isNewItem ? assets.Own : [])
        {
            yield return asset.At(item, own, asset.Name);
        }
    }

    /// <summary>The path of an asset of a collection itself: <c>{collection}/{key}{ext}</c>.</summary>
    /// <param name="collectionId">The id of the collection.</param>
    /// <param name="key">The key of the asset.</param>
    /// <param name="extension">The extension, with its dot.</param>
    internal string PlaceOfCollection(string collectionId, string key, string extension)
    {
        var folder = Folder(collectionId);
        return Path.Combine(folder, Claim(folder, key + extension, Hash($"asset\n{key}"), extension).Name);
    }

    /// <summary>Keeps a name in the folder of a collection from every item and asset.</summary>
    internal void ReserveInCollection(string collectionId, string name) => Claim(Folder(collectionId), name, Hash("reserved"));

    private string Folder(string collectionId)
    {
        // The items of a collection follow each other.
        if (_lastFolder.CollectionId != collectionId)
        {
            _lastFolder = (collectionId, Claim("", IsRecord(collectionId) ? $"_{collectionId}" : collectionId, Hash(collectionId)).Name);
        }

        return _lastFolder.Name;
    }

    /// <summary>Whether a name is that of the database or of a report of a download, or of a file beside them.</summary>
    internal static bool IsRecord(string name) => Array.Exists(Records, record => name.StartsWith(record, StringComparison.OrdinalIgnoreCase));

    // The name in its folder, and whether it is new.
    private (string Name, bool IsNew) Claim(string folder, string name, UInt128 owner, string extension = "")
    {
        var safe = Safe(name, extension);
        var free = safe;
        bool isNew;
        while (!IsFree(folder, free, owner, out isNew))
        {
            free = Tagged(safe, free == safe ? owner : Hash(free), extension);
        }

        return (free, isNew);
    }

    private bool IsFree(string folder, string name, UInt128 owner, out bool isNew)
    {
        var length = folder.Length + 1 + name.Length;
        Span<char> text = length <= MostOnStack ? stackalloc char[MostOnStack] : new char[length];
        folder.AsSpan().ToUpperInvariant(text);
        text[folder.Length] = '/';
        name.AsSpan().ToUpperInvariant(text[(folder.Length + 1)..]);
        var path = Hash(text[..length]);
        isNew = _owners.TryAdd(path, owner);
        return isNew || _owners[path] == owner;
    }

    /// <summary>A name that is valid on all systems. If it had to be changed, it has digits of a hash, so that different names stay different.</summary>
    /// <param name="name">The name.</param>
    /// <param name="extension">The extension that it ends with, with its dot, or an empty text.</param>
    internal static string Safe(string name, string extension)
    {
        var safe = SafeFileName.Make(name);
        return safe == name && !safe.Equals(Common, StringComparison.OrdinalIgnoreCase) && (Ascii.IsValid(name) || !name.EnumerateRunes().Any(MayBeTwoWays)) ? safe : Tagged(safe, Hash(name), extension);
    }

    // macOS takes names for one that are canonically equivalent (UAX #15): letters with marks, Korean letters, and characters that stand for others. Programs
    // without ICU cannot normalize them, and so they are only recognized.
    private static bool MayBeTwoWays(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark
        || rune.Value is 0x374 or 0x37E or 0x387 or (>= 0x1100 and <= 0x11FF) or (>= 0x1F00 and <= 0x1FFF) or 0x2000 or 0x2001 or 0x2126 or 0x212A or 0x212B or 0x2329 or 0x232A
            or (>= 0xF900 and <= 0xFAFF) or (>= 0x2F800 and <= 0x2FA1F);

    /// <summary>The name with digits of a hash before its extension.</summary>
    internal static string Tagged(string name, UInt128 hash, string extension)
    {
        var stem = name.EndsWith(extension, StringComparison.OrdinalIgnoreCase) ? name[..^extension.Length] : name;
        return $"{stem}~{(uint)hash:x8}{name[stem.Length..]}";
    }

    internal static UInt128 Hash(ReadOnlySpan<char> text) => XxHash128.HashToUInt128(MemoryMarshal.AsBytes(text));
}
