using System.Text.Json;
using NetTopologySuite.Geometries;

namespace MlHub.Sdk;

/// <summary>Reads the geometries of entities.</summary>
internal static class GeoJsonGeometry
{
    /// <summary>A geometry wider than this may cross the antimeridian without being split there, as RFC 7946 §3.1.9 recommends.</summary>
    private const double HalfCircle = 180;

    /// <summary>The geometry. Null if there is none or if it is invalid: a ring that is not closed, a number that is not finite, an unknown type.</summary>
    public static Geometry? Read(JsonElement? json) => GeoJsonReader.Read(json);

    /// <summary>
    /// The box around all positions in the JSON of a geometry, whether or not the geometry is valid. Null if there is no position. The box is never too small:
    /// a geometry that may cross the antimeridian gets a box around the globe.
    /// </summary>
    public static Bbox? BoxAround(JsonElement? json) => GeoJsonReader.BoxAround(json) switch
    {
        { IsNull: true } => null,
        { Width: > HalfCircle } around => new Bbox(-HalfCircle, around.MinY, HalfCircle, around.MaxY),
        var around => new Bbox(around.MinX, around.MinY, around.MaxX, around.MaxY),
    };
}
