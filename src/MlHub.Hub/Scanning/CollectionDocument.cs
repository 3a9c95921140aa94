using MlHub.Hub.Index;
using MlHub.Hub.Reading;

namespace MlHub.Hub.Scanning;

/// <summary>Makes the document of a collection that has none, with the extent of its items.</summary>
internal static class CollectionDocument
{
    private static readonly double[] World = [-180, -90, 180, 90];

    /// <param name="writer">The index, with the items of the collection.</param>
    /// <param name="id">The id of the collection.</param>
    /// <param name="texts">What is said about it.</param>
    internal static byte[] Of(IndexWriter writer, string id, CollectionTexts texts)
    {
        var (box, time) = writer.Query(
            "SELECT min(iif(west > east, -180, west)), min(south), max(iif(west > east, 180, east)), max(north), min(start), max(finish) FROM item WHERE collection = (SELECT id FROM collection WHERE name = $0)",
            found => (
                texts.Box ?? (found.IsDBNull(0) ? World : [found.GetDouble(0), found.GetDouble(1), found.GetDouble(2), found.GetDouble(3)]),
                found.IsDBNull(4) ? default((long, long)?) : (found.GetInt64(4), found.GetInt64(5))),
            id).Single();
        return Json.Bytes(json =>
        {
            json.WriteStartObject();
            json.WriteString("type", "Collection");
            json.WriteString("stac_version", "1.1.0");
            json.WriteString("id", id);
            if (texts.Title is { } title)
            {
                json.WriteString("title", title);
            }

            json.WriteString("description", texts.Description);
            json.WriteString("license", texts.License ?? "other");
            json.WriteStartObject("extent");
            json.WriteStartObject("spatial");
            json.WriteStartArray("bbox");
            json.WriteStartArray();
            foreach (var edge in box)
            {
                json.WriteNumberValue(edge);
            }

            json.WriteEndArray();
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteStartObject("temporal");
            json.WriteStartArray("interval");
            json.WriteStartArray();
            foreach (var moment in time is var (start, end) ? new[] { start, end } : [])
            {
                json.WriteStringValue(new DateTime(moment, DateTimeKind.Utc));
            }

            if (time is null)
            {
                json.WriteNullValue();
                json.WriteNullValue();
            }

            json.WriteEndArray();
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteStartArray("links");
            json.WriteEndArray();
            json.WriteEndObject();
        });
    }
}
