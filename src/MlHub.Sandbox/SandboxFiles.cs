using System.Text.Json.Nodes;

namespace MlHub.Sandbox;

/// <summary>The paths of the sandbox's files in the storage, in archives and in catalogues.</summary>
internal static class SandboxFiles
{
    private const string Common = "_common";
    private const string Json = "application/json";
    private const string GeoJson = "application/geo+json";

    /// <summary>The href of an asset, relative to the server's storage.</summary>
    public static string Href(SandboxCollection collection, SandboxItem? item, SandboxAsset asset) =>
        $"assets/{collection.Id}/{PathInCollection(item, asset)}";

    /// <summary>The asset at a path in the server's storage.</summary>
    public static SandboxAsset? Find(Dictionary<string, SandboxCollection> collections, string[] path)
    {
        if (path is not ["assets", var id, .. var rest] || !collections.TryGetValue(id, out var collection))
        {
            return null;
        }

        return rest switch
        {
            [var file] => collection.Assets.FirstOrDefault(asset => asset.FileName == file),
            [Common, var file] => CommonAssets(collection).FirstOrDefault(asset => asset.FileName == file),
            [var item, var file] => collection.Items.FirstOrDefault(own => own.Id == item)?.Assets.FirstOrDefault(asset => !asset.IsCommon && !asset.IsMissing && asset.FileName == file),
            _ => null,
        };
    }

    /// <summary>The files of a collection's archive. Its STAC files refer to assets by relative paths.</summary>
    public static IEnumerable<(string Path, byte[] Content)> Archive(SandboxCollection collection)
    {
        var links = new JsonArray([.. collection.ListedItems.Select(item => SandboxStac.Link("item", $"./{item.Id}/stac.json", GeoJson))]);
        yield return ($"{collection.Id}/collection.json", SandboxStac.ToFile(SandboxStac.Collection(collection, asset => "./" + asset.FileName, links)));
        foreach (var asset in collection.Assets)
        {
            yield return ($"{collection.Id}/{asset.FileName}", asset.Make());
        }

        foreach (var asset in CommonAssets(collection))
        {
            yield return ($"{collection.Id}/{Common}/{asset.FileName}", asset.Make());
        }

        foreach (var item in collection.ListedItems)
        {
            yield return ($"{collection.Id}/{item.Id}/stac.json", SandboxStac.ToFile(
                SandboxStac.Item(collection, item, asset => asset.IsCommon ? $"../{Common}/{asset.FileName}" : "./" + asset.FileName, ParentLinks())));
            foreach (var asset in item.Assets.Where(asset => !asset.IsCommon))
            {
                yield return ($"{collection.Id}/{item.Id}/{asset.FileName}", asset.Make());
            }
        }
    }

    /// <summary>The files of a dataset's catalogue. Its STAC files refer to assets by their URLs.</summary>
    public static IEnumerable<(string Path, byte[] Content)> Catalog(SandboxDataset dataset, Uri storageUrl)
    {
        foreach (var (path, content) in CatalogOf(dataset, storageUrl))
        {
            if (dataset.PackedOnMac)
            {
                yield return AppleDouble(path);
            }

            yield return (path, content);
        }

        foreach (var entry in dataset.OddEntries)
        {
            yield return entry;
        }

        if (dataset.PackedOnMac)
        {
            // The first bytes of a file that the Finder creates. Nothing reads the rest.
            yield return ($"{dataset.Id}/.DS_Store", [0, 0, 0, 1, .. "Bud1"u8]);
        }
    }

    /// <summary>The size of all assets of a dataset, in bytes.</summary>
    public static long TotalSize(SandboxDataset dataset) => dataset.Collections
        .SelectMany(collection => collection.Assets.Concat(CommonAssets(collection)).Concat(collection.Items.SelectMany(item => item.Assets.Where(asset => !asset.IsCommon && !asset.IsMissing))))
        .Sum(asset => (long)asset.Make().Length);

    private static IEnumerable<(string Path, byte[] Content)> CatalogOf(SandboxDataset dataset, Uri storageUrl)
    {
        yield return ($"{dataset.Id}/catalog.json", SandboxStac.ToFile(new JsonObject
        {
            ["id"] = dataset.CatalogId ?? dataset.Id,
            ["type"] = "Catalog",
            ["description"] = $"The catalogue of {dataset.Id}",
            ["stac_version"] = SandboxStac.Version,
            ["links"] = new JsonArray(
                [
                    SandboxStac.Link("root", "./catalog.json", Json),
                    .. dataset.Collections.Select(collection => SandboxStac.Link("child", $"./{collection.Id}/collection.json", Json)),
                ]),
        }));
        foreach (var collection in dataset.Collections)
        {
            yield return ($"{dataset.Id}/{collection.Id}/collection.json", SandboxStac.ToFile(
                SandboxStac.Collection(collection, asset => storageUrl + Href(collection, null, asset), CollectionLinks(collection))));
            foreach (var item in collection.Items)
            {
                var links = ParentLinks();
                links.Add((JsonNode)SandboxStac.Link("root", "../../catalog.json", Json));
                yield return ($"{dataset.Id}/{collection.Id}/{item.Id}/{item.Id}.json", SandboxStac.ToFile(
                    SandboxStac.Item(collection, item, asset => storageUrl + Href(collection, item, asset), links)));
            }
        }
    }

    private static JsonArray CollectionLinks(SandboxCollection collection) => new(
        [
            SandboxStac.Link("root", "../catalog.json", Json),
            SandboxStac.Link("parent", "../catalog.json", Json),
            .. collection.Items.Select(item => SandboxStac.Link("item", $"./{item.Id}/{item.Id}.json", GeoJson)),
        ]);

    private static JsonArray ParentLinks() => new(SandboxStac.Link("collection", "../collection.json", Json), SandboxStac.Link("parent", "../collection.json", Json));

    private static IEnumerable<SandboxAsset> CommonAssets(SandboxCollection collection) =>
        collection.Items.SelectMany(item => item.Assets).Where(asset => asset.IsCommon).DistinctBy(asset => asset.Key);

    private static string PathInCollection(SandboxItem? item, SandboxAsset asset) =>
        item is null ? asset.FileName : $"{(asset.IsCommon ? Common : item.Id)}/{asset.FileName}";

    // tar on macOS stores the extended attributes of a file in a second file, in AppleDouble format: magic number, version 2, filler, no entries.
    private static (string Path, byte[] Content) AppleDouble(string path)
    {
        var slash = path.LastIndexOf('/') + 1;
        return ($"{path[..slash]}._{path[slash..]}", [0, 5, 0x16, 7, 0, 2, 0, 0, .. "Mac OS X        "u8, 0, 0]);
    }
}
