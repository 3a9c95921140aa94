using System.Text.Json;
using NetTopologySuite.Geometries;

namespace MlHub.Server;

/// <summary>The fields of items and collections that conditions, orders and selections of fields name.</summary>
internal static class ItemFields
{
    private const string PropertiesPrefix = "properties.";

    // An item may have properties with the same names.
    private static readonly HashSet<string> TopLevel = new(["id", "collection", "geometry", "bbox", "type", "stac_version", "stac_extensions", "assets", "links"], StringComparer.Ordinal);

    /// <summary>A field of an entity. The name of a property needs no <c>properties.</c> before it. Dots lead into objects.</summary>
    public static JsonElement? Find(JsonElement entity, string name)
    {
        var hasProperties = entity.TryGetProperty("properties", out var properties);
        if (name.StartsWith(PropertiesPrefix, StringComparison.Ordinal))
        {
            return hasProperties ? Nested(properties, name[PropertiesPrefix.Length..]) : null;
        }

        return (hasProperties && !TopLevel.Contains(name) ? Nested(properties, name) : null) ?? Nested(entity, name);
    }

    /// <summary>The value of a field as CQL2 sees it: text, a number, true or false, a geometry, a list, or null.</summary>
    public static object? ValueOf(JsonElement? field) => field is not { } json ? null : json.ValueKind switch
    {
        JsonValueKind.String => json.GetString(),
        JsonValueKind.Number => json.GetDouble(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Array => json.EnumerateArray().Select(element => ValueOf(element)).ToArray(),
        JsonValueKind.Object => GeoJsonReader.Read(json),
        _ => null,
    };

    /// <summary>The time of an item: its <c>datetime</c>, or the time from <c>start_datetime</c> to <c>end_datetime</c>.</summary>
    public static Moments? TimeOf(JsonElement item)
    {
        if (!item.TryGetProperty("properties", out var properties) || properties.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        return Time(properties, "datetime") is { } moment ? new Moments(moment, moment)
            : Time(properties, "start_datetime") is { } start ? new Moments(start, Time(properties, "end_datetime") is { } end && end >= start ? end : start)
            : null;
    }

    /// <summary>The box of an item, or the box around its geometry.</summary>
    public static HubBbox? BoxOf(JsonElement item) =>
        item.TryGetProperty("bbox", out var bbox) && bbox.ValueKind == JsonValueKind.Array && HubBbox.From(bbox) is { } box ? box
        : item.TryGetProperty("geometry", out var geometry) && GeoJsonReader.BoxAround(geometry) is { IsNull: false } around ? Box(around)
        : null;

    public static HubBbox Box(Envelope around) => new(around.MinX, around.MinY, around.MaxX, around.MaxY);

    private static DateTimeOffset? Time(JsonElement properties, string name) =>
        properties.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { } text
            && Rfc3339.TryReadAnyTime(text, out var time)
            ? time
            : null;

    private static JsonElement? Nested(JsonElement json, string name)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        if (json.TryGetProperty(name, out var whole))
        {
            return whole;
        }

        for (var dot = name.IndexOf('.', StringComparison.Ordinal); dot > 0; dot = name.IndexOf('.', dot + 1))
        {
            if (json.TryGetProperty(name[..dot], out var part) && Nested(part, name[(dot + 1)..]) is { } nested)
            {
                return nested;
            }
        }

        return null;
    }
}
