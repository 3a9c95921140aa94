using System.Globalization;
using System.Text.Json;
using NetTopologySuite.IO;

namespace MlHub.Sdk.Assets.Selection;

/// <summary>A filter as JSON, for reports and locks: only what is set. An area is written as WKT (OGC Simple Features), a box as four numbers, and a time as in a query of STAC.</summary>
internal static class FilterJson
{
    internal static string Write(AssetFilter filter) => JsonFields.Write(json => WriteFields(json, filter));

    internal static void WriteFields(Utf8JsonWriter json, AssetFilter filter)
    {
        if (filter.Collections.Count > 0)
        {
            json.WriteStartObject("collections");
            foreach (var (id, keys) in filter.Collections.OrderBy(collection => collection.Key, StringComparer.Ordinal))
            {
                WriteTexts(json, id, keys);
            }

            json.WriteEndObject();
        }

        foreach (var (name, values) in (ReadOnlySpan<(string, IReadOnlyList<string>)>)[("keys", filter.Keys), ("roles", filter.Roles), ("types", filter.MediaTypes)])
        {
            if (values.Count > 0)
            {
                WriteTexts(json, name, values);
            }
        }

        if (filter.Bbox is { } box)
        {
            json.WriteStartArray("bbox");
            foreach (var edge in (ReadOnlySpan<double>)[box.West, box.South, box.East, box.North])
            {
                json.WriteNumberValue(edge);
            }

            json.WriteEndArray();
        }

        if (filter.Intersects is { } area)
        {
            json.WriteString("intersects", new WKTWriter { Formatted = false }.Write(area));
            json.WriteString("spatial", filter.Spatial == SpatialTest.Bbox ? "bbox" : "geometry");
        }

        if (filter.DateTime is { } time)
        {
            json.WriteString("datetime", $"{Text(time.Start)}/{Text(time.End)}");
        }
    }

    /// <exception cref="FormatException">A value cannot be read.</exception>
    internal static AssetFilter Read(JsonElement json)
    {
        try
        {
            return new AssetFilter
            {
                Collections = json.ObjectOrEmpty("collections").EnumerateObject().ToDictionary(collection => collection.Name, collection => Texts(collection.Value), StringComparer.Ordinal),
                Keys = json.Texts("keys"),
                Roles = json.Texts("roles"),
                MediaTypes = json.Texts("types"),
                Bbox = json.Field("bbox") is { } box ? Bbox.Read(box) ?? throw new FormatException("The bbox of the filter is not four numbers.") : null,
                Intersects = json.Text("intersects") is { } area ? new WKTReader().Read(area) : null,
                Spatial = json.Text("spatial") == "bbox" ? SpatialTest.Bbox : SpatialTest.Geometry,
                DateTime = json.Text("datetime") is { } time ? TemporalInterval.Parse(time) : null,
            };
        }
        catch (ParseException error)
        {
            throw new FormatException("The area of the filter cannot be read: it is not well-known text (WKT).", error);
        }
    }

    private static string Text(DateTimeOffset? time) => time?.UtcDateTime.ToString("O", CultureInfo.InvariantCulture) ?? "..";

    private static IReadOnlyList<string> Texts(JsonElement list) => list.ValueKind == JsonValueKind.Array ? [.. list.EnumerateArray().Select(JsonFields.AsText).OfType<string>()] : [];

    private static void WriteTexts(Utf8JsonWriter json, string name, IReadOnlyList<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }
}
