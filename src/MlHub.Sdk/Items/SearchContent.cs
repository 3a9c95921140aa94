using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace MlHub.Sdk;

/// <summary>Writes a search as the body of <c>POST /search</c> (STAC API 1.0.0, Item Search). A POST has room for geometries of any size.</summary>
internal static class SearchContent
{
    /// <summary>RFC 3339, with as many digits of a second as are needed.</summary>
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'";

    public static string Of(ItemSearch search)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            WriteConditions(json, search);
            WriteSortBy(json, search.SortBy);
            WriteFields(json, search.Fields);
            if (search.PageSize is { } size)
            {
                json.WriteNumber("limit", size);
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void WriteConditions(Utf8JsonWriter json, ItemSearch search)
    {
        WriteTexts(json, "collections", search.Collections);
        WriteTexts(json, "ids", search.Ids);
        if (search.Bbox is { } box)
        {
            json.WriteStartArray("bbox");
            json.WriteNumberValue(box.West);
            json.WriteNumberValue(box.South);
            json.WriteNumberValue(box.East);
            json.WriteNumberValue(box.North);
            json.WriteEndArray();
        }

        if (search.Intersects is { } area)
        {
            json.WritePropertyName("intersects");
            GeoJsonWriter.Write(json, area);
        }

        if (TimeOf(search.DateTime) is { } time)
        {
            json.WriteString("datetime", time);
        }

        WriteTexts(json, "q", search.Text);
        if (search.Query is { } query)
        {
            json.WritePropertyName("query");
            query.WriteTo(json);
        }

        if (search.Filter is { } filter)
        {
            json.WriteString("filter", filter);
            json.WriteString("filter-lang", "cql2-text");
        }
    }

    private static void WriteTexts(Utf8JsonWriter json, string name, IReadOnlyCollection<string> texts)
    {
        if (texts.Count == 0)
        {
            return;
        }

        json.WriteStartArray(name);
        foreach (var text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }

    private static void WriteSortBy(Utf8JsonWriter json, IReadOnlyList<string> fields)
    {
        if (fields.Count == 0)
        {
            return;
        }

        json.WriteStartArray("sortby");
        foreach (var field in fields)
        {
            json.WriteStartObject();
            json.WriteString("field", ItemSearch.WithoutSign(field));
            json.WriteString("direction", HasMinus(field) ? "desc" : "asc");
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteFields(Utf8JsonWriter json, IReadOnlyList<string> fields)
    {
        if (fields.Count == 0)
        {
            return;
        }

        json.WriteStartObject("fields");
        WriteTexts(json, "include", [.. fields.Where(field => !HasMinus(field)).Select(ItemSearch.WithoutSign)]);
        WriteTexts(json, "exclude", [.. fields.Where(HasMinus).Select(ItemSearch.WithoutSign)]);
        json.WriteEndObject();
    }

    private static bool HasMinus(string field) => field is ['-', ..];

    // An interval that is open at both ends is not allowed (OGC API Features Part 1 §7.15.4), and the same as none.
    private static string? TimeOf(TemporalInterval? time) => time switch
    {
        null or { Start: null, End: null } => null,
        { Start: { } start, End: { } end } when start == end => Text(start),
        _ => $"{(time.Start is { } start ? Text(start) : "..")}/{(time.End is { } end ? Text(end) : "..")}",
    };

    private static string Text(DateTimeOffset time) => time.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture);
}
