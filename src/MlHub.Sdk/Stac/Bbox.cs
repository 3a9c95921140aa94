using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace MlHub.Sdk;

/// <summary>
/// A bounding box in degrees of longitude and latitude, WGS 84 (RFC 7946 §5): west, south, east, north, and optionally heights in metres. In a box that crosses
/// the antimeridian, west is greater than east (§5.2).
/// </summary>
/// <param name="West">The western edge, in degrees.</param>
/// <param name="South">The southern edge, in degrees.</param>
/// <param name="East">The eastern edge, in degrees.</param>
/// <param name="North">The northern edge, in degrees.</param>
[JsonConverter(typeof(BboxJsonConverter))]
public sealed record Bbox(double West, double South, double East, double North)
{
    private const double FullCircle = 360;
    private const double MostLatitude = 91;
    private const int MostNumbers = 6;

    /// <summary>The lowest height, in metres above the ellipsoid; null if the box has no heights.</summary>
    public double? MinHeight { get; init; }

    /// <summary>The greatest height, in metres above the ellipsoid; null if the box has no heights.</summary>
    public double? MaxHeight { get; init; }

    /// <summary>Parses a box in the form <c>W,S,E,N</c>, as in a query of OGC API Features.</summary>
    /// <param name="text">Four numbers, separated by commas.</param>
    /// <returns>The box.</returns>
    /// <exception cref="FormatException">The text is not four numbers, or south is greater than north.</exception>
    public static Bbox Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var parts = text.Split(',', StringSplitOptions.TrimEntries);
        var numbers = new double[4];
        for (var i = 0; i < 4; i++)
        {
            if (parts.Length != 4
                || !double.TryParse(parts[i], NumberStyles.Float, CultureInfo.InvariantCulture, out numbers[i])
                || !double.IsFinite(numbers[i]))
            {
                throw new FormatException($"'{text}' is not a bounding box: write west,south,east,north in degrees, for example 34.2,0.1,34.4,0.5.");
            }
        }

        return numbers[1] <= numbers[3]
            ? new Bbox(numbers[0], numbers[1], numbers[2], numbers[3])
            : throw new FormatException($"'{text}' is not a bounding box: its south lies above its north.");
    }

    /// <summary>Whether the boxes have a point in common. Boxes that touch intersect. Heights are ignored.</summary>
    /// <param name="other">The other box.</param>
    public bool Intersects(Bbox other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return South <= other.North && other.South <= North
            && Spans().Any(span => other.SpansThatTouch().Any(o => span.West <= o.East && o.West <= span.East));
    }

    /// <summary>West, south, east and north, separated by commas.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{West},{South},{East},{North}");

    /// <summary>Whether the values can be degrees. Some servers send metres. A value slightly beyond the poles is a rounding error.</summary>
    internal bool IsInDegrees => South >= -MostLatitude && North <= MostLatitude;

    /// <summary>
    /// Reads an array of four or six numbers. It also accepts an array that is nested one level too deep (<c>[[w,s,e,n]]</c>) and two corners
    /// (<c>[[w,s],[e,n]]</c>). Null for anything else, if a number is not finite, or if south is greater than north.
    /// </summary>
    internal static Bbox? Read(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Array)
        {
            return null;
        }

        var numbers = json.GetArrayLength() switch
        {
            1 => Numbers(json[0]),
            2 => Numbers(json[0]) is { Length: 2 or 3 } low && Numbers(json[1]) is { } high && low.Length == high.Length ? [.. low, .. high] : null,
            _ => Numbers(json),
        };
        var box = numbers switch
        {
            [var west, var south, var east, var north] => new Bbox(west, south, east, north),
            [var west, var south, var low, var east, var north, var high] => new Bbox(west, south, east, north) { MinHeight = low, MaxHeight = high },
            _ => null,
        };
        return box?.South <= box?.North ? box : null;
    }

    private static double[]? Numbers(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Array || json.GetArrayLength() > MostNumbers)
        {
            return null;
        }

        var numbers = new double[json.GetArrayLength()];
        for (var index = 0; index < numbers.Length; index++)
        {
            if (JsonFields.AsNumber(json[index]) is not { } number)
            {
                return null;
            }

            numbers[index] = number;
        }

        return numbers;
    }

    /// <summary>The longitudes of the box within -180 to 180: one span, or two if it crosses the antimeridian.</summary>
    internal IEnumerable<(double West, double East)> Spans()
    {
        if (East - West >= FullCircle)
        {
            return [(-180, 180)];
        }

        // Some servers send longitudes from 0 to 360, or above 180 for boxes that cross the antimeridian.
        var (west, east) = (Within(West), Within(East));
        return west <= east ? [(west, east)] : [(west, 180), (-180, east)];
    }

    /// <summary>The spans, and the antimeridian under its other name if the box touches it: -180 and 180 are the same place.</summary>
    internal IEnumerable<(double West, double East)> SpansThatTouch()
    {
        var spans = Spans().ToArray();
        return [.. spans, .. spans.Any(span => span.East >= 180) ? [(-180, -180)] : Array.Empty<(double, double)>(), .. spans.Any(span => span.West <= -180) ? [(180, 180)] : Array.Empty<(double, double)>()];
    }

    private static double Within(double longitude) =>
        longitude is >= -180 and <= 180 ? longitude : longitude - (FullCircle * Math.Floor((longitude + 180) / FullCircle));
}
