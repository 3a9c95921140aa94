using System.Text.Json;
using NetTopologySuite.Geometries;

namespace MlHub.Server;

/// <summary>Reads the JSON encoding of CQL2 (OGC 21-065r2, 8.3).</summary>
internal static class CqlJson
{
    private static readonly GeometryFactory Shapes = new(new PrecisionModel(), 4326);

    /// <exception cref="InvalidFilterException">The JSON is not CQL2.</exception>
    public static Cql Read(JsonElement json)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.Object:
                return ReadObject(json);
            case JsonValueKind.Array:
                return ListOf([.. json.EnumerateArray().Select(Read)]);
            case JsonValueKind.Null:
                return new Cql.Constant(null);
            default:
                return new Cql.Constant(ItemFields.ValueOf(json));
        }
    }

    /// <summary>The value of <c>TIMESTAMP</c>.</summary>
    public static Moments Timestamp(string text) =>
        Rfc3339.TryReadTime(text, out var time) ? new Moments(time, time) : throw new InvalidFilterException($"filter: '{text}' is not a time such as 2019-06-01T00:00:00Z.");

    /// <summary>The value of <c>DATE</c>: the whole day in UTC.</summary>
    public static Moments Date(string text) =>
        Rfc3339.TryReadDate(text, out var date) ? Moments.OfDay(date) : throw new InvalidFilterException($"filter: '{text}' is not a date such as 2019-06-01.");

    /// <summary>The value of <c>INTERVAL</c>. Both ends are times or dates, or <c>..</c>.</summary>
    public static Moments Interval(string[] ends)
    {
        if (ends.Length != 2)
        {
            throw new InvalidFilterException("filter: an interval needs two ends.");
        }

        var interval = new Moments(
            ends[0] == ".." ? DateTimeOffset.MinValue : TimeOrDate(ends[0]).Start,
            ends[1] == ".." ? DateTimeOffset.MaxValue : TimeOrDate(ends[1]).End);
        return interval.Start <= interval.End ? interval : throw new InvalidFilterException("filter: an interval must not end before it begins.");
    }

    /// <summary>The value of <c>BBOX</c>.</summary>
    public static Geometry Box(IReadOnlyList<double> numbers) => Shape(BoxOf("filter: bbox", numbers));

    /// <summary>A box from four or six numbers.</summary>
    /// <exception cref="InvalidFilterException">They are not a box.</exception>
    public static HubBbox BoxOf(string name, IReadOnlyList<double> numbers)
    {
        if (numbers.Count is not (4 or 6))
        {
            throw new InvalidFilterException($"{name} must have four or six numbers: west, south, east, north.");
        }

        var half = numbers.Count / 2;
        var box = new HubBbox(numbers[0], numbers[1], numbers[half], numbers[half + 1]);
        return box.South > box.North ? throw new InvalidFilterException($"{name} must have a south that is not above its north.")
            : numbers.Any(number => !double.IsFinite(number)) || Math.Abs(box.South) > 90 || Math.Abs(box.North) > 90 ? throw new InvalidFilterException($"{name} must be in degrees.")
            : InOneTurn(box);
    }

    // A map that shows the Earth more than once sends longitudes beyond 180 degrees.
    private static HubBbox InOneTurn(HubBbox box) =>
        Math.Abs(box.West) <= 180 && Math.Abs(box.East) <= 180 ? box
        : box.East - box.West >= 360 ? box with { West = -180, East = 180 }
        : box with { West = InOneTurn(box.West), East = InOneTurn(box.East) };

    private static double InOneTurn(double longitude) => Math.Abs(longitude) <= 180 ? longitude : longitude - 360 * Math.Floor((longitude + 180) / 360);

    public static Cql ListOf(IReadOnlyList<Cql> elements) =>
        elements.All(element => element is Cql.Constant)
            ? new Cql.Constant(elements.Select(element => ((Cql.Constant)element).Value).ToArray())
            : new ListExpression(elements);

    // A box across the antimeridian is two boxes.
    private static Geometry Shape(HubBbox box) => box.West <= box.East
        ? Shapes.ToGeometry(new Envelope(box.West, box.East, box.South, box.North))
        : Shapes.BuildGeometry([Shapes.ToGeometry(new Envelope(box.West, 180, box.South, box.North)), Shapes.ToGeometry(new Envelope(-180, box.East, box.South, box.North))]);

    private static Cql ReadObject(JsonElement json)
    {
        if (json.TryGetProperty("op", out var name))
        {
            return name.ValueKind == JsonValueKind.String && json.TryGetProperty("args", out var args)
                ? Cql.Operation.Create(name.GetString()!, Arguments(name.GetString()!, args))
                : throw new InvalidFilterException("filter: an operation needs an op and args.");
        }

        if (json.TryGetProperty("property", out var property))
        {
            return new Cql.Property(TextOf("property", property));
        }

        if (json.TryGetProperty("timestamp", out var timestamp))
        {
            return new Cql.Constant(Timestamp(TextOf("timestamp", timestamp)));
        }

        if (json.TryGetProperty("date", out var date))
        {
            return new Cql.Constant(Date(TextOf("date", date)));
        }

        if (json.TryGetProperty("interval", out var interval))
        {
            return new Cql.Constant(Interval(interval.ValueKind == JsonValueKind.Array ? [.. interval.EnumerateArray().Select(end => TextOf("interval", end))] : []));
        }

        if (json.TryGetProperty("bbox", out var bbox) && !json.TryGetProperty("type", out _))
        {
            return new Cql.Constant(Box(Numbers("filter: bbox", bbox)));
        }

        return new Cql.Constant(GeoJsonReader.Read(json)
            ?? throw new InvalidFilterException("filter: an object must be an operation, a property, a timestamp, a date, an interval, a bbox or a GeoJSON geometry."));
    }

    /// <summary>The numbers of an array.</summary>
    public static IReadOnlyList<double> Numbers(string name, JsonElement array) =>
        array.ValueKind == JsonValueKind.Array && array.EnumerateArray().All(number => number.ValueKind == JsonValueKind.Number)
            ? [.. array.EnumerateArray().Select(number => number.GetDouble())]
            : throw new InvalidFilterException($"{name} must be an array of numbers.");

    // Drafts of CQL2 had between: [value, [low, high]], and isNull: value.
    private static IReadOnlyList<Cql> Arguments(string name, JsonElement args)
    {
        if (args.ValueKind != JsonValueKind.Array)
        {
            return [Read(args)];
        }

        if (name == "between" && args.GetArrayLength() == 2 && args[1].ValueKind == JsonValueKind.Array && args[1].GetArrayLength() == 2)
        {
            return [Read(args[0]), Read(args[1][0]), Read(args[1][1])];
        }

        return [.. args.EnumerateArray().Select(Read)];
    }

    private static string TextOf(string name, JsonElement json) =>
        json.ValueKind == JsonValueKind.String ? json.GetString()! : throw new InvalidFilterException($"filter: {name} must be text.");

    private static Moments TimeOrDate(string text) => Rfc3339.TryReadDate(text, out var date) ? Moments.OfDay(date) : Timestamp(text);

    private sealed record ListExpression(IReadOnlyList<Cql> Elements) : Cql
    {
        public override int Depth { get; } = 1 + Elements.Max(element => element.Depth);

        public override object? ValueFor(JsonElement item) => Elements.Select(element => element.ValueFor(item)).ToArray();
    }
}
