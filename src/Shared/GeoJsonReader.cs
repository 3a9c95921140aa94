using System.Text.Json;
using NetTopologySuite.Geometries;

namespace MlHub;

/// <summary>
/// Reads GeoJSON geometries (RFC 7946 §3.1) as NetTopologySuite geometries. It does not use NetTopologySuite.IO.GeoJSON4STJ, because that package cannot be
/// trimmed or compiled ahead of time without warnings (docs/adr/0040). The SDK, the server and its hubs each compile this file, because the SDK and the server do not depend on each other.
/// </summary>
internal static class GeoJsonReader
{
    /// <summary>The maximum nesting depth of geometries and coordinates. A MultiPolygon has four levels.</summary>
    internal const int MaxDepth = 16;

    /// <summary>WGS 84, the only coordinate reference system of GeoJSON (RFC 7946 §4).</summary>
    private static readonly GeometryFactory Factory = new(new PrecisionModel(), 4326);

    /// <summary>The geometry. Null if there is none or if it is invalid: a ring that is not closed, a number that is not finite, an unknown type.</summary>
    public static Geometry? Read(JsonElement? json)
    {
        try
        {
            return json is { } geometry ? ReadGeometry(geometry, MaxDepth) : null;
        }
        catch (Exception e) when (e is InvalidOperationException or KeyNotFoundException or ArgumentException or FormatException or IndexOutOfRangeException)
        {
            return null;
        }
    }

    /// <summary>The box around all positions in the JSON of a geometry, whether or not the geometry is valid. It is empty if there is no position.</summary>
    public static Envelope BoxAround(JsonElement? json)
    {
        var around = new Envelope();
        try
        {
            if (json is { ValueKind: JsonValueKind.Object } geometry)
            {
                Add(geometry, around, MaxDepth);
            }
        }
        catch (InvalidOperationException)
        {
            // A name that is not Unicode. What was read before it counts.
        }

        return around;
    }

    private static void Add(JsonElement json, Envelope around, int levels)
    {
        if (levels == 0)
        {
            return;
        }

        if (json.ValueKind == JsonValueKind.Object)
        {
            foreach (var name in (ReadOnlySpan<string>)["coordinates", "geometries"])
            {
                if (json.TryGetProperty(name, out var part))
                {
                    Add(part, around, levels - 1);
                }
            }
        }
        else if (json.ValueKind == JsonValueKind.Array)
        {
            if (json.GetArrayLength() > 1 && FiniteNumber(json[0]) is { } x && FiniteNumber(json[1]) is { } y)
            {
                around.ExpandToInclude(x, y);
                return;
            }

            foreach (var part in json.EnumerateArray())
            {
                Add(part, around, levels - 1);
            }
        }
    }

    private static Geometry ReadGeometry(JsonElement json, int levels)
    {
        var type = json.GetProperty("type").GetString();
        if (type == "GeometryCollection" && levels > 0)
        {
            return Factory.CreateGeometryCollection([.. json.GetProperty("geometries").EnumerateArray().Select(part => ReadGeometry(part, levels - 1))]);
        }

        var coordinates = json.GetProperty("coordinates");
        return type switch
        {
            "Point" => coordinates.GetArrayLength() == 0 ? Factory.CreatePoint() : Factory.CreatePoint(Position(coordinates)),
            "LineString" => Factory.CreateLineString(Positions(coordinates)),
            "Polygon" => Polygon(coordinates),
            "MultiPoint" => Factory.CreateMultiPointFromCoords(Positions(coordinates)),
            "MultiLineString" => Factory.CreateMultiLineString([.. coordinates.EnumerateArray().Select(c => Factory.CreateLineString(Positions(c)))]),
            "MultiPolygon" => Factory.CreateMultiPolygon([.. coordinates.EnumerateArray().Select(Polygon)]),
            _ => throw new FormatException($"The geometry type '{type}' is unknown."),
        };
    }

    private static Polygon Polygon(JsonElement rings)
    {
        var read = rings.EnumerateArray().Select(ring => Factory.CreateLinearRing(Positions(ring))).ToArray();
        return read.Length == 0 ? Factory.CreatePolygon() : Factory.CreatePolygon(read[0], read[1..]);
    }

    private static Coordinate[] Positions(JsonElement positions)
    {
        var read = new Coordinate[positions.GetArrayLength()];
        var count = 0;
        foreach (var position in positions.EnumerateArray())
        {
            read[count++] = Position(position);
        }

        return read;
    }

    /// <summary>Longitude, latitude and, if given, height. Further numbers are ignored (RFC 7946 §3.1.1).</summary>
    private static Coordinate Position(JsonElement position) =>
        position.GetArrayLength() > 2 && FiniteNumber(position[2]) is { } height
            ? new CoordinateZ(Number(position[0]), Number(position[1]), height)
            : new Coordinate(Number(position[0]), Number(position[1]));

    private static double Number(JsonElement json) => FiniteNumber(json) ?? throw new FormatException("A coordinate must be a finite number.");

    private static double? FiniteNumber(JsonElement json) => json.ValueKind == JsonValueKind.Number && json.TryGetDouble(out var number) && double.IsFinite(number) ? number : null;
}
