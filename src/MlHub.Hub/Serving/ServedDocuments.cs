using System.Text.Json;
using MlHub.Hub.Index;
using MlHub.Hub.Reading;
using MlHub.Server;

namespace MlHub.Hub.Serving;

/// <summary>Makes of a document in the directory what the API sends, and what a catalogue contains.</summary>
/// <param name="storage">Finds the files of assets.</param>
internal sealed class ServedDocuments(IHubStorage storage)
{
    /// <summary>A collection for the API. Assets that the hub has get an address in its storage. What would break a client is repaired.</summary>
    internal JsonElement ForApi(byte[] json, DocumentPlace place)
    {
        var document = JsonElement.Parse(WithAddresses(json, place, new KnownFolders()).Span);
        return StacDocument.IsRegularEntity(document) ? document : JsonElement.Parse(Repaired(document, place));
    }

    /// <summary>An item for the API, as <see cref="ForApi(byte[], DocumentPlace)"/> makes a collection.</summary>
    /// <param name="item">The item.</param>
    /// <param name="collection">Its collection.</param>
    /// <param name="known">The folders that have been seen.</param>
    /// <param name="isPublic">Whether everybody gets it, without a key: it is a model.</param>
    internal HubItem ForApi(StoredItem item, string collection, KnownFolders known, bool isPublic = false)
    {
        var place = DocumentPlace.Of(item, collection) with { IsPublic = isPublic };
        var json = WithAddresses(item.Json, place, known);
        return new HubItem(item.IsRegular ? json : Repaired(JsonElement.Parse(json.Span), place));
    }

    /// <summary>The item with what filters need: what would break a client is repaired, and the addresses of assets are as they are in the directory.</summary>
    internal static JsonElement ForFilter(StoredItem item, string collection)
    {
        var document = JsonElement.Parse(item.Json);
        return item.IsRegular ? document : JsonElement.Parse(Repaired(document, DocumentPlace.Of(item, collection)));
    }

    /// <summary>The document for a catalogue: nothing else than the addresses of assets that the hub has is changed.</summary>
    /// <param name="json">The document.</param>
    /// <param name="place">Where it lies.</param>
    /// <param name="address">The address of the storage.</param>
    /// <param name="see">Gets the assets that the hub has.</param>
    /// <param name="known">The folders that have been seen.</param>
    internal byte[] ForCatalogue(byte[] json, DocumentPlace place, Uri address, Action<LocalAsset> see, KnownFolders known) => StacFile.ReplaceAssetHrefs(json, (key, href) =>
    {
        if (storage.FindAsset(place, key, href, known) is not { } asset)
        {
            return null;
        }

        see(asset);
        return asset.AddressIn(address);
    });

    private ReadOnlyMemory<byte> WithAddresses(byte[] json, DocumentPlace place, KnownFolders known) =>
        StacFile.WithAssetHrefs(json, (key, href) => storage.AddressOf(place, key, href, known));

    private static byte[] Repaired(JsonElement document, DocumentPlace place) => Json.Bytes(writer => WriteRepaired(writer, document, place));

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
        foreach (var link in document.List("links").Where(StacDocument.IsLink))
        {
            link.WriteTo(json);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
