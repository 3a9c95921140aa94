using System.Text.Json;
using MlHub.Hub.Definitions;
using MlHub.Hub.Index;
using MlHub.Hub.Reading;

namespace MlHub.Hub.Building;

/// <summary>The datasets as the API sends them: what the definition says and, where it says nothing, what STAC files say.</summary>
internal static class DefinedDatasets
{
    internal static IReadOnlyList<JsonElement> Of(IndexWriter writer, HubSettings hub) => [.. hub.Datasets.Select(dataset => JsonElement.Parse(Json.Bytes(json => Write(json, dataset, writer))))];

    private static void Write(Utf8JsonWriter json, DatasetSettings dataset, IndexWriter writer)
    {
        var collections = writer.Query("SELECT name, json, label FROM collection WHERE dataset = $0 ORDER BY name", row => (Id: row.GetString(0), Json: row.IsDBNull(1) ? null : (byte[])row.GetValue(1), IsLabel: row.GetInt64(2) != 0), dataset.Id)
            .Select(row => (row.Id, Document: row.Json is null ? default(JsonElement?) : JsonElement.Parse(Body.Expand(row.Json)), row.IsLabel)).ToArray();
        var catalog = writer.Query("SELECT json FROM catalog WHERE dataset = $0 ORDER BY file LIMIT 1", row => (byte[])row.GetValue(0), dataset.Id).Select(body => (JsonElement?)JsonElement.Parse(Body.Expand(body))).FirstOrDefault();
        json.WriteStartObject();
        json.WriteString("id", dataset.Id);
        json.WriteString("title", dataset.Title ?? catalog?.Text("title") ?? dataset.Id);
        json.WriteString("description", dataset.Description ?? catalog?.Text("description") ?? First("description") ?? "");
        json.WriteStartArray("collections");
        foreach (var (id, document, isLabel) in collections)
        {
            json.WriteStartObject();
            json.WriteString("id", id);
            json.WriteStartArray("types");
            foreach (var type in TypesOf(dataset, writer, id, isLabel))
            {
                json.WriteStringValue(type);
            }

            json.WriteEndArray();
            json.WriteString("license", document?.Text("license") ?? dataset.License ?? "other");
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteString("registry", "");
        json.WriteString("doi", dataset.Doi ?? First("sci:doi"));
        json.WriteString("citation", dataset.Citation ?? First("sci:citation"));
        json.WriteStartArray("tags");
        foreach (var tag in dataset.Tags)
        {
            json.WriteStringValue(tag);
        }

        json.WriteEndArray();
        json.WriteEndObject();

        string? First(string field) => collections.Select(collection => collection.Document?.Text(field)).FirstOrDefault(text => text is not null);
    }

    private static IReadOnlyList<string> TypesOf(DatasetSettings dataset, IndexWriter writer, string id, bool isLabel)
    {
        if (dataset.Collections.FirstOrDefault(collection => collection.Id == id) is { Types.Count: > 0 } stated)
        {
            return stated.Types;
        }

        var (items, labels) = writer.Query(
            "SELECT count(*), coalesce(sum(flags & 1), 0) FROM item WHERE collection = (SELECT id FROM collection WHERE name = $0)", row => (row.GetInt64(0), row.GetInt64(1)), id).Single();
        return items > labels && labels > 0 ? ["source_imagery", "labels"] : labels > 0 || isLabel || id.EndsWith("_labels", StringComparison.Ordinal) ? ["labels"] : ["source_imagery"];
    }
}
