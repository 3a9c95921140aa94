using System.Runtime.CompilerServices;
using System.Text.Json;
using MlHub.Sdk.Assets.Layout;

namespace MlHub.Sdk.Assets.Catalogue;

/// <summary>
/// Reads STAC items, and collections, from JSON: an item collection (a FeatureCollection), one item, a list, or items one after the other, as in lines of JSON. Entries that cannot be used
/// are reported with their place, and the rest goes on.
/// </summary>
internal static class ItemsReader
{
    /// <summary>Reads all documents. No document is kept.</summary>
    /// <param name="path">The file.</param>
    /// <param name="refuse">Gets the entries that are left out.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    internal static async IAsyncEnumerable<CatalogueDocument> ReadAsync(string path, Action<RefusedEntry> refuse, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.Yield();
        var paths = new PathClaims();
        using var values = new JsonValues(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan));
        string? cut = null;
        foreach (var value in values.ReadAll())
        {
            cut = value.WhyNot?.EndsWith("ends too early", StringComparison.Ordinal) == true ? value.Place : null;
            cancellationToken.ThrowIfCancellationRequested();
            if (value.Json is { ValueKind: JsonValueKind.Object } json)
            {
                yield return new CatalogueDocument(value.Place, PathOf(json, value, paths), json, value.Bytes.ToArray());
            }
            else
            {
                refuse(new RefusedEntry(value.Place, value.WhyNot ?? "it is not a JSON object"));
            }
        }

        // As after a program in a pipe that failed. What is there is not everything.
        if (cut is not null)
        {
            throw new MlHubException($"The items end too early ({cut}): what comes after that is missing. Give the complete items.");
        }
    }

    // As in catalogues of the service. An item that occurs twice with other content gets a file of its own.
    private static string PathOf(JsonElement json, JsonValue value, PathClaims paths)
    {
        var id = EntityId.Of(json) ?? value.Place;
        var folder = json.Text("type") switch
        {
            "Catalog" => "",
            "Collection" => $"{AssetLayout.Safe(id, "")}/",
            _ => $"{(json.Text("collection") is { Length: > 0 } collection ? $"{AssetLayout.Safe(collection, "")}/" : "")}{AssetLayout.Safe(id, "")}/",
        };
        var name = json.Text("type") switch
        {
            "Catalog" => "catalog.json",
            "Collection" => "collection.json",
            _ => AssetLayout.Safe($"{id}.json", ".json"),
        };
        return paths.Claim(folder + name, ".json", json.ToText());
    }
}
