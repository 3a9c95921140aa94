using System.Text.Json;

namespace MlHub.Server;

/// <summary>Writes the entities of a hub with structural links and absolute URLs.</summary>
/// <param name="json">Where they are written.</param>
/// <param name="urls">The URLs of the server.</param>
/// <param name="fields">The fields that are written; null for all.</param>
internal sealed class StacWriter(Utf8JsonWriter json, HubUrls urls, FieldSelection? fields = null)
{
    private const string Json = JsonResponse.Json;

    // In STAC files, these links point to other files. The server replaces them by links to its own responses.
    private static readonly string[] Structural = ["self", "root", "parent", "collection", "items", "item", "child"];

    public void Collection(JsonElement collection) => Entity(collection, () =>
    {
        CollectionLinks(Id(collection));
        Link("self", Json, urls.Collection(Id(collection)));
        Link(HubUrls.QueryablesRelation, JsonResponse.JsonSchema, urls.CollectionQueryables(Id(collection)));
    });

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
    }

    public void Link(string relation, string type, string href, string? method = null, string? title = null, Action<Utf8JsonWriter>? body = null)
    {
        json.WriteStartObject();
        json.WriteString("rel", relation);
        json.WriteString("type", type);
        if (title is not null)
        {
            json.WriteString("title", title);
        }

        if (method is not null)
        {
            json.WriteString("method", method);
        }

        json.WriteString("href", href);
        if (body is not null)
        {
            json.WritePropertyName("body");
            body(json);
        }

        json.WriteEndObject();
    }

    private static string Id(JsonElement entity) => entity.GetProperty("id").GetString()!;

    private void Entity(JsonElement entity, Action writeLinks)
    {
        json.WriteStartObject();
        foreach (var property in entity.EnumerateObject())
        {
            var (isSelected, isWhole) = (true, true);
            if (property.NameEquals("links") || fields?.Keeps(property.Name, fields.HasDefault, out isSelected, out isWhole) == false)
            {
                continue;
            }

            if (property.NameEquals("assets") && property.Value.ValueKind == JsonValueKind.Object)
            {
                Assets(property.Value, isSelected);
            }
            else if (isWhole || property.Value.ValueKind != JsonValueKind.Object)
            {
                property.WriteTo(json);
            }
            else
            {
                json.WritePropertyName(property.Name);
                Parts(property.Value, property.Name, isSelected);
            }
        }

        if (fields?.Keeps("links", fields.HasDefault, out _, out _) != false)
        {
            json.WriteStartArray("links");
            writeLinks();
            OwnLinks(entity);
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    // The selected members of an object.
    private void Parts(JsonElement whole, string path, bool inherited)
    {
        json.WriteStartObject();
        foreach (var member in whole.EnumerateObject())
        {
            var memberPath = $"{path}.{member.Name}";
            if (!fields!.Keeps(memberPath, inherited, out var isSelected, out var isWhole))
            {
                continue;
            }

            if (isWhole || member.Value.ValueKind != JsonValueKind.Object)
            {
                member.WriteTo(json);
            }
            else
            {
                json.WritePropertyName(member.Name);
                Parts(member.Value, memberPath, isSelected);
            }
        }

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

    private void Assets(JsonElement assets, bool isSelected)
    {
        json.WriteStartObject("assets");
        foreach (var asset in assets.EnumerateObject())
        {
            if (fields?.Keeps("assets." + asset.Name, isSelected, out _, out _) != false)
            {
                json.WritePropertyName(asset.Name);
                WithHref(asset.Value, urls.Asset);
            }
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
