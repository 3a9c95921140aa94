using System.Runtime.InteropServices;
using System.Text.Json;

namespace MlHub.Server;

/// <summary>Writes the entities of a hub with structural links and absolute URLs.</summary>
/// <param name="json">Where they are written.</param>
/// <param name="urls">The URLs of the server.</param>
/// <param name="fields">The fields that are written; null for all.</param>
internal sealed class StacWriter(Utf8JsonWriter json, HubUrls urls, FieldSelection? fields = null) : IDisposable
{
    private const string Json = JsonResponse.Json;

    private readonly EntityWriter _entities = new(urls, fields);

    public void Collection(JsonElement collection) => Write(_entities.Collection(JsonMarshal.GetRawUtf8Value(collection)));

    public void Item(HubItem item) => Write(_entities.Item(item.Utf8));

    /// <summary>A list of entities.</summary>
    public void Array<T>(IEnumerable<T> entities, Action<T> write)
    {
        json.WriteStartArray();
        foreach (var entity in entities)
        {
            write(entity);
        }

        json.WriteEndArray();
    }

    /// <summary>The links that a collection has in common with the pages of its items.</summary>
    public void CollectionLinks(string collectionId) => CollectionLinks(json, urls, collectionId);

    public void Link(string relation, string type, string href, string? method = null, string? title = null, Action<Utf8JsonWriter>? body = null) =>
        Link(json, relation, type, href, method, title, body);

    public static void CollectionLinks(Utf8JsonWriter json, HubUrls urls, string collectionId)
    {
        Link(json, "items", JsonResponse.GeoJson, urls.Items(collectionId));
        Link(json, "parent", Json, urls.Root);
        Link(json, "root", Json, urls.Root);
    }

    public static void Link(Utf8JsonWriter json, string relation, string type, string href, string? method = null, string? title = null, Action<Utf8JsonWriter>? body = null)
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

    public void Dispose() => _entities.Dispose();

    // They were read to their ends already.
    private void Write(ReadOnlySpan<byte> entity) => json.WriteRawValue(entity, skipInputValidation: true);
}
