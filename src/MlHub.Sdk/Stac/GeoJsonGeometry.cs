using System.Text.Json;
using NetTopologySuite.Geometries;

namespace MlHub.Sdk;

/// <summary>
/// Reads GeoJSON geometries (RFC 7946 §3.1) as NetTopologySuite's. Own code, because NetTopologySuite.IO.GeoJSON4STJ cannot be trimmed
/// or compiled ahead of time without warnings (docs/adr/0040).
/// </summary>
internal static class GeoJsonGeometry
{
    /// <summary>WGS 84, the one coordinate reference system of GeoJSON (RFC 7946 §4).</summary>
    private static readonly GeometryFactory Factory = new(new PrecisionModel(), 4326);

    /// <summary>The geometry, or null for JSON's null.</summary>
    /// <exception cref="JsonException">The JSON is not a geometry.</exception>
    public static Geometry? Read(JsonElement? json)
    {
        if (json is not { ValueKind: not JsonValueKind.Null } element)
        {
            return null;
        }

        try
        {
            return ReadGeometry(element);
        }
        catch (Exception e) when (e is InvalidOperationException or KeyNotFoundException or ArgumentException or FormatException or IndexOutOfRangeException)
        {
            throw new JsonException("It is not a GeoJSON geometry.", e);
        }
    }

    private static Geometry ReadGeometry(JsonElement json)
    {
        var type = json.GetProperty("type").GetString();
        if (type == "GeometryCollection")
        {
            return Factory.CreateGeometryCollection([.. json.GetProperty("geometries").EnumerateArray().Select(ReadGeometry)]);
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
            _ => throw new FormatException($"There is no geometry of the type '{type}'."),
        };
    }

    private static Polygon Polygon(JsonElement rings)
    {
        var read = rings.EnumerateArray().Select(ring => Factory.CreateLinearRing(Positions(ring))).ToArray();
        return read.Length == 0 ? Factory.CreatePolygon() : Factory.CreatePolygon(read[0], read[1..]);
    }

    private static Coordinate[] Positions(JsonElement positions) => [.. positions.EnumerateArray().Select(Position)];

    /// <summary>Longitude, latitude and, where given, height; further numbers are left out (RFC 7946 §3.1.1).</summary>
    private static Coordinate Position(JsonElement position) =>
        position.GetArrayLength() > 2
            ? new CoordinateZ(position[0].GetDouble(), position[1].GetDouble(), position[2].GetDouble())
            : new Coordinate(position[0].GetDouble(), position[1].GetDouble());
}
