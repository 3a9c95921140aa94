using System.Text;

namespace MlHub.Sdk;

/// <summary>The assets of an item before they have paths. It depends on no other item, so that several threads can prepare the items of a catalogue.</summary>
internal sealed class ItemAssets
{
    // The keys that the Python client stores once (python-client.md, "Datasets by asset").
    private static readonly HashSet<string> SharedKeys = new(["documentation", "readme", "test_split", "train_split", "validation_split"], StringComparer.Ordinal);

    private ItemAssets(Item item, IReadOnlyList<NamedAsset> shared, IReadOnlyList<NamedAsset> own, UInt128 hash) => (Item, Shared, Own, Hash) = (item, shared, own, hash);

    internal Item Item { get; }

    /// <summary>The assets that all items of a collection have in common.</summary>
    internal IReadOnlyList<NamedAsset> Shared { get; }

    /// <summary>The other assets, ordered by their keys.</summary>
    internal IReadOnlyList<NamedAsset> Own { get; }

    /// <summary>A hash of the id, the keys and the addresses. Different items with the same id have different ones.</summary>
    internal UInt128 Hash { get; }

    /// <param name="item">The item.</param>
    /// <param name="locate">Returns the address of an asset.</param>
    /// <param name="reserved">A name in the folder of the item that no asset may get; null if there is none.</param>
    internal static ItemAssets Of(Item item, Func<Asset, AssetLocation> locate, string? reserved)
    {
        List<NamedAsset> shared = [], own = [];
        var identity = new StringBuilder(item.Id);
        var index = 0;
        foreach (var (key, asset) in item.Assets)
        {
            var location = locate(asset);
            var named = new NamedAsset(index++, key, asset, location, FileExtension.Of(location.Url, asset.Type));
            if (SharedKeys.Contains(key))
            {
                shared.Add(named);
            }
            else
            {
                identity.Append('\n').Append(key).Append('\n').Append(asset.Href);
                own.Add(named);
            }
        }

        own.Sort(static (one, other) => string.CompareOrdinal(one.Key, other.Key));
        GiveNames(own, reserved);
        return new ItemAssets(item, shared, own, AssetLayout.Hash(identity.ToString()));
    }

    // The file names of an item depend only on the item, not on the requested keys.
    private static void GiveNames(List<NamedAsset> assets, string? reserved)
    {
        var taken = new HashSet<string>(assets.Count + 1, StringComparer.OrdinalIgnoreCase);
        if (reserved is not null)
        {
            taken.Add(reserved);
        }

        foreach (var asset in assets)
        {
            var safe = AssetLayout.Safe(asset.Key + asset.Extension, asset.Extension);
            asset.Name = safe;
            while (!taken.Add(asset.Name))
            {
                asset.Name = AssetLayout.Tagged(safe, AssetLayout.Hash(asset.Name == safe ? asset.Key : asset.Name), asset.Extension);
            }
        }
    }
}

/// <summary>An asset of an item, with the name of its file.</summary>
/// <param name="Index">Its place among the assets of the item.</param>
/// <param name="Key">Its key.</param>
/// <param name="Asset">The asset.</param>
/// <param name="Location">Its address.</param>
/// <param name="Extension">The extension of its file, with the dot. Empty if there is none.</param>
internal sealed record NamedAsset(int Index, string Key, Asset Asset, AssetLocation Location, string Extension)
{
    /// <summary>The name of its file in the folder of the item.</summary>
    internal string Name { get; set; } = "";

    internal AssetFile At(Item item, string folder, string name) => new(item, Key, Asset, Location, folder, name) { Index = Index };
}
