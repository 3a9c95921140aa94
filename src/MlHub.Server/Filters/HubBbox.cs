using System.Text.Json;

namespace MlHub.Server;

/// <summary>A box on the Earth in degrees, WGS 84. If it crosses the antimeridian, west is greater than east (RFC 7946 §5.2).</summary>
/// <param name="West">The western longitude.</param>
/// <param name="South">The southern latitude.</param>
/// <param name="East">The eastern longitude.</param>
/// <param name="North">The northern latitude.</param>
public readonly record struct HubBbox(double West, double South, double East, double North)
{
    /// <summary>Reads a GeoJSON <c>bbox</c> of four or six numbers, ignoring heights. It is <see langword="null"/> for anything else.</summary>
    /// <param name="bbox">The array.</param>
    public static HubBbox? From(JsonElement bbox)
    {
        var length = bbox.ValueKind == JsonValueKind.Array ? bbox.GetArrayLength() : 0;
        return length is 4 or 6 && bbox.EnumerateArray().All(number => number.ValueKind == JsonValueKind.Number)
            ? new HubBbox(bbox[0].GetDouble(), bbox[1].GetDouble(), bbox[length / 2].GetDouble(), bbox[length / 2 + 1].GetDouble())
            : null;
    }

    /// <summary>Whether the boxes have a point in common; an edge is enough.</summary>
    /// <param name="other">The other box.</param>
    public bool Touches(HubBbox other) =>
        South <= other.North && other.South <= North && LongitudeRanges(this).Any(own => LongitudeRanges(other).Any(theirs => own.West <= theirs.East && theirs.West <= own.East));

    private static (double West, double East)[] LongitudeRanges(HubBbox box) =>
        box.West <= box.East ? [(box.West, box.East)] : [(box.West, 180), (-180, box.East)];
}
