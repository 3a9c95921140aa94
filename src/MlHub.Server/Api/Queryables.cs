using System.Text.Json;

namespace MlHub.Server;

/// <summary>Writes the JSON Schema of the properties that filters can use (OGC API - Features, Part 3, 7.2).</summary>
internal static class Queryables
{
    /// <param name="json">Where it is written.</param>
    /// <param name="url">The URL of the schema.</param>
    /// <param name="collection">The collection. Null for what all collections have in common.</param>
    public static void Write(Utf8JsonWriter json, string url, JsonElement? collection)
    {
        json.WriteStartObject();
        json.WriteString("$schema", "https://json-schema.org/draft/2019-09/schema");
        json.WriteString("$id", url);
        json.WriteString("type", "object");
        json.WriteString("title", collection is { } named ? $"What filters can use in {named.GetProperty("id").GetString()}" : "What filters can use");
        json.WriteStartObject("properties");
        WriteProperty(json, "id", "type", "string");
        WriteProperty(json, "collection", "type", "string");
        WriteProperty(json, "geometry", "$ref", "https://geojson.org/schema/Geometry.json");
        json.WriteStartObject("datetime");
        json.WriteString("type", "string");
        json.WriteString("format", "date-time");
        json.WriteEndObject();
        foreach (var summary in Summaries(collection))
        {
            WriteSummary(json, summary);
        }

        json.WriteEndObject();
        json.WriteBoolean("additionalProperties", true);
        json.WriteEndObject();
    }

    private static IEnumerable<JsonProperty> Summaries(JsonElement? collection) =>
        collection is { } found && found.TryGetProperty("summaries", out var summaries) && summaries.ValueKind == JsonValueKind.Object
            ? summaries.EnumerateObject().Where(summary => summary.Name is not ("id" or "collection" or "geometry" or "datetime"))
            : [];

    // A summary is a list of values, or the range of numbers (STAC Collection, "Summaries").
    private static void WriteSummary(Utf8JsonWriter json, JsonProperty summary)
    {
        json.WriteStartObject(summary.Name);
        var first = summary.Value.ValueKind == JsonValueKind.Array ? summary.Value.EnumerateArray().FirstOrDefault() : default;
        if (first.ValueKind == JsonValueKind.String)
        {
            json.WriteString("type", "string");
        }
        else if (first.ValueKind == JsonValueKind.Number || IsRange(summary.Value))
        {
            json.WriteString("type", "number");
        }

        json.WriteEndObject();
    }

    private static bool IsRange(JsonElement summary) =>
        summary.ValueKind == JsonValueKind.Object && summary.TryGetProperty("minimum", out var minimum) && minimum.ValueKind == JsonValueKind.Number;

    private static void WriteProperty(Utf8JsonWriter json, string name, string keyword, string value)
    {
        json.WriteStartObject(name);
        json.WriteString(keyword, value);
        json.WriteEndObject();
    }
}
