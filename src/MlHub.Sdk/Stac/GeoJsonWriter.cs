using System.Text.Json;
using NetTopologySuite.Geometries;

namespace MlHub.Sdk;

/// <summary>Writes geometries as GeoJSON (RFC 7946 §3.1). <see cref="GeoJsonReader"/> says why no package does it.</summary>
internal static class GeoJsonWriter
{
    public static void Write(Utf8JsonWriter json, Geometry geometry)
    {
        json.WriteStartObject();
        json.WriteString("type", geometry is LinearRing ? Geometry.TypeNameLineString : geometry.GeometryType);
        if (geometry is GeometryCollection and not (MultiPoint or MultiLineString or MultiPolygon))
        {
            json.WriteStartArray("geometries");
            foreach (var part in ((GeometryCollection)geometry).Geometries)
            {
                Write(json, part);
            }

            json.WriteEndArray();
        }
        else
        {
            json.WritePropertyName("coordinates");
            WriteCoordinates(json, geometry);
        }

        json.WriteEndObject();
    }

    private static void WriteCoordinates(Utf8JsonWriter json, Geometry geometry)
    {
        if (geometry is Point point)
        {
            WritePosition(json, point.Coordinate);
            return;
        }

        json.WriteStartArray();
        switch (geometry)
        {
            case LineString line:
                foreach (var position in line.Coordinates)
                {
                    WritePosition(json, position);
                }

                break;
            case Polygon { IsEmpty: false } polygon:
                WriteCoordinates(json, polygon.ExteriorRing);
                foreach (var hole in polygon.InteriorRings)
                {
                    WriteCoordinates(json, hole);
                }

                break;
            case GeometryCollection parts:
                foreach (var part in parts.Geometries)
                {
                    WriteCoordinates(json, part);
                }

                break;
        }

        json.WriteEndArray();
    }

    private static void WritePosition(Utf8JsonWriter json, Coordinate? position)
    {
        json.WriteStartArray();
        if (position is not null)
        {
            json.WriteNumberValue(position.X);
            json.WriteNumberValue(position.Y);
        }

        json.WriteEndArray();
    }
}
