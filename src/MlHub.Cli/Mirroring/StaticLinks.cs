using System.Text.Encodings.Web;
using System.Text.Json;

namespace MlHub.Cli;

/// <summary>
/// Makes a static catalogue of documents that came from pages of the API, for hubs that have no catalogues: a <c>catalog.json</c>, and relative links instead of those to the hub.
/// </summary>
internal static class StaticLinks
{
    private const string Collection = "collection.json";

    // The links that lead to other documents of the hub, and to what only an API has.
    private static readonly string[] Structural = ["self", "root", "parent", "collection", "items", "item", "child", "http://www.opengis.net/def/rel/ogc/1.0/queryables"];

    private static readonly JsonWriterOptions Format = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Changes the files of a folder.</summary>
    /// <param name="folder">The folder: <c>{collection}/collection.json</c> and <c>{collection}/{item}/{item}.json</c>.</param>
    /// <param name="dataset">The id of the dataset.</param>
    public static void Write(string folder, string dataset)
    {
        var collections = Directory.GetDirectories(folder).Order(StringComparer.Ordinal).ToArray();
        foreach (var collection in collections)
        {
            var items = Directory.EnumerateFiles(collection, "*.json", SearchOption.AllDirectories).Where(file => Path.GetFileName(file) != Collection).Order(StringComparer.Ordinal).ToArray();
            foreach (var item in items)
            {
                var up = string.Concat(Enumerable.Repeat("../", Path.GetRelativePath(collection, item).Count(letter => letter == Path.DirectorySeparatorChar)));
                Rewrite(item, ("collection", $"{up}{Collection}"), ("parent", $"{up}{Collection}"), ("root", $"{up}../catalog.json"));
            }

            if (File.Exists(Path.Combine(collection, Collection)))
            {
                Rewrite(Path.Combine(collection, Collection), [("root", "../catalog.json"), ("parent", "../catalog.json"), .. items.Select(item => ("item", Href(collection, item)))]);
            }
        }

        using var file = File.Create(Path.Combine(folder, "catalog.json"));
        using var json = new Utf8JsonWriter(file, Format);
        json.WriteStartObject();
        json.WriteString("id", dataset);
        json.WriteString("type", "Catalog");
        json.WriteString("description", $"The catalogue of {dataset}");
        json.WriteString("stac_version", "1.0.0");
        WriteLinks(json, [("root", "./catalog.json"), .. collections.Select(collection => ("child", Href(folder, Path.Combine(collection, Collection))))], []);
        json.WriteEndObject();
    }

    private static void Rewrite(string path, params (string Relation, string Href)[] links)
    {
        var document = JsonElement.Parse(File.ReadAllBytes(path));
        using var file = File.Create(path);
        using var json = new Utf8JsonWriter(file, Format);
        json.WriteStartObject();
        foreach (var property in document.EnumerateObject().Where(property => property.Name != "links"))
        {
            property.WriteTo(json);
        }

        var own = document.TryGetProperty("links", out var before) && before.ValueKind == JsonValueKind.Array ? before.EnumerateArray().Where(link => !IsStructural(link)) : [];
        WriteLinks(json, links, own);
        json.WriteEndObject();
    }

    private static void WriteLinks(Utf8JsonWriter json, (string Relation, string Href)[] links, IEnumerable<JsonElement> own)
    {
        json.WriteStartArray("links");
        foreach (var (relation, href) in links)
        {
            json.WriteStartObject();
            json.WriteString("rel", relation);
            json.WriteString("href", href);
            json.WriteString("type", relation == "item" ? "application/geo+json" : "application/json");
            json.WriteEndObject();
        }

        foreach (var link in own)
        {
            link.WriteTo(json);
        }

        json.WriteEndArray();
    }

    private static bool IsStructural(JsonElement link) =>
        link.ValueKind != JsonValueKind.Object || !link.TryGetProperty("rel", out var relation) || relation.ValueKind != JsonValueKind.String || Structural.Contains(relation.GetString());

    private static string Href(string from, string to) => "./" + string.Join('/', Path.GetRelativePath(from, to).Split(Path.DirectorySeparatorChar).Select(Uri.EscapeDataString));
}
