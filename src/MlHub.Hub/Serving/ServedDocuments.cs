using System.Text.Json;
using MlHub.Hub.Reading;

namespace MlHub.Hub.Serving;

/// <summary>Makes of a document in the directory what the API sends, and what a catalogue contains.</summary>
/// <param name="assets">Finds the files of assets.</param>
internal sealed class ServedDocuments(LocalAssets assets)
{
    /// <summary>The document for the API. Assets that the hub has get an address in its storage. What would break a client is repaired.</summary>
    internal JsonElement ForApi(byte[] json, DocumentPlace place, KnownFolders known)
    {
        var document = JsonElement.Parse(StacFile.ReplaceAssetHrefs(json, (key, href) => assets.Find(place, key, href, known)?.Href ?? LocalAssets.Missing(place, href)));
        return IsRegular(document, place) ? document : JsonElement.Parse(Json.Bytes(writer => WriteRepaired(writer, document, place)));
    }

    /// <summary>The document with what filters need: what would break a client is repaired, and the addresses of assets are as they are in the directory.</summary>
    internal static JsonElement ForFilter(byte[] json, DocumentPlace place)
    {
        var document = JsonElement.Parse(json);
        return IsRegular(document, place) ? document : JsonElement.Parse(Json.Bytes(writer => WriteRepaired(writer, document, place)));
    }

    /// <summary>The document for a catalogue: nothing else than the addresses of assets that the hub has is changed.</summary>
    /// <param name="json">The document.</param>
    /// <param name="place">Where it lies.</param>
    /// <param name="storage">The address of the storage.</param>
    /// <param name="see">Gets the assets that the hub has.</param>
    /// <param name="known">The folders that have been seen.</param>
    internal byte[] ForCatalogue(byte[] json, DocumentPlace place, Uri storage, Action<LocalAsset> see, KnownFolders known) => StacFile.ReplaceAssetHrefs(json, (key, href) =>
    {
        if (assets.Find(place, key, href, known) is not { } asset)
        {
            return null;
        }

        see(asset);
        return storage + asset.Href;
    });

    // What the server expects of documents.
    private static bool IsRegular(JsonElement document, DocumentPlace place) =>
        document.Text("id") is not null
        && (place.Item is null || (document.Text("collection") == place.Collection && document.Text("type") == "Feature" && document.Field("assets") is not null))
        && (document.Field("assets") is not { } all || (all.ValueKind == JsonValueKind.Object && all.EnumerateObject().All(asset => asset.Value.Text("href") is not null)))
        && (document.Field("links") is not { } links || (links.ValueKind == JsonValueKind.Array && links.EnumerateArray().All(IsLink)));

    private static bool IsLink(JsonElement link) => link.Text("href") is not null && link.Text("rel") is not null;

    private static void WriteRepaired(Utf8JsonWriter json, JsonElement document, DocumentPlace place)
    {
        json.WriteStartObject();
        json.WriteString("id", place.Item ?? place.Collection);
        json.WriteString("type", place.Item is null ? "Collection" : "Feature");
        if (place.Item is not null)
        {
            json.WriteString("collection", place.Collection);
        }

        foreach (var property in document.EnumerateObject().Where(property => property.Name is not ("id" or "type" or "assets" or "links") && (place.Item is null || property.Name != "collection")))
        {
            property.WriteTo(json);
        }

        json.WriteStartObject("assets");
        foreach (var asset in document.Field("assets") is { ValueKind: JsonValueKind.Object } assets ? assets.EnumerateObject().Where(asset => asset.Value.Text("href") is not null) : [])
        {
            asset.WriteTo(json);
        }

        json.WriteEndObject();
        json.WriteStartArray("links");
        foreach (var link in document.List("links").Where(IsLink))
        {
            link.WriteTo(json);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
