using System.Text.Json;

namespace MlHub.Server;

/// <summary>Writes the entities of a hub with structural links and absolute URLs.</summary>
internal sealed class StacWriter(Utf8JsonWriter json, HubUrls urls)
{
    private const string Json = "application/json";

    // In STAC files, these links point to other files. The server replaces them by links to its own responses.
    private static readonly string[] Structural = ["self", "root", "parent", "collection", "items", "item", "child"];

    public void Collection(JsonElement collection) => Entity(collection, () => CollectionLinks(Id(collection)));

    public void Item(JsonElement item)
    {
        var collectionId = item.TryGetProperty("collection", out var collection) ? collection.GetString() ?? "" : "";
        Entity(item, () =>
        {
            Link("collection", Json, urls.Collection(collectionId));
            Link("parent", Json, urls.Collection(collectionId));
            Link("root", Json, urls.Root);
            Link("self", JsonResponse.GeoJson, urls.Item(collectionId, Id(item)));
        });
    }

    /// <summary>A list of entities.</summary>
    public void Array(IEnumerable<JsonElement> entities, Action<JsonElement> write)
    {
        json.WriteStartArray();
        foreach (var entity in entities)
        {
            write(entity);
        }

        json.WriteEndArray();
    }

    /// <summary>The links that a collection has in common with the pages of its items.</summary>
    public void CollectionLinks(string collectionId)
    {
        Link("items", JsonResponse.GeoJson, urls.Items(collectionId));
        Link("parent", Json, urls.Root);
        Link("root", Json, urls.Root);
        Link("self", Json, urls.Collection(collectionId));
    }

    public void Link(string relation, string type, string href, bool withMethod = false)
    {
        json.WriteStartObject();
        json.WriteString("rel", relation);
        json.WriteString("type", type);
        if (withMethod)
        {
            json.WriteString("method", "GET");
        }

        json.WriteString("href", href);
        json.WriteEndObject();
    }

    private static string Id(JsonElement entity) => entity.GetProperty("id").GetString()!;

    private void Entity(JsonElement entity, Action writeLinks)
    {
        json.WriteStartObject();
        foreach (var property in entity.EnumerateObject())
        {
            switch (property.Name)
            {
                case "links":
                    break;
                case "assets" when property.Value.ValueKind == JsonValueKind.Object:
                    Assets(property.Value);
                    break;
                default:
                    property.WriteTo(json);
                    break;
            }
        }

        json.WriteStartArray("links");
        writeLinks();
        OwnLinks(entity);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private void OwnLinks(JsonElement entity)
    {
        if (entity.TryGetProperty("links", out var links) && links.ValueKind == JsonValueKind.Array)
        {
            foreach (var link in links.EnumerateArray().Where(link => !IsStructural(link)))
            {
                WithHref(link, urls.Link);
            }
        }
    }

    private static bool IsStructural(JsonElement link) =>
        link.TryGetProperty("rel", out var relation) && relation.ValueKind == JsonValueKind.String && Structural.Contains(relation.GetString());

    private void Assets(JsonElement assets)
    {
        json.WriteStartObject("assets");
        foreach (var asset in assets.EnumerateObject())
        {
            json.WritePropertyName(asset.Name);
            WithHref(asset.Value, urls.Asset);
        }

        json.WriteEndObject();
    }

    private void WithHref(JsonElement link, Func<string, string> resolve)
    {
        json.WriteStartObject();
        foreach (var property in link.EnumerateObject())
        {
            if (property.NameEquals("href"))
            {
                json.WriteString("href", resolve(property.Value.GetString()!));
            }
            else
            {
                property.WriteTo(json);
            }
        }

        json.WriteEndObject();
    }
}
