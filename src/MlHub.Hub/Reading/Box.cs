using System.Text.Json;

namespace MlHub.Hub.Reading;

/// <summary>A box in degrees. If it crosses the antimeridian, west is greater than east.</summary>
internal readonly record struct Box(double West, double South, double East, double North)
{
    private const int MaxDepth = 16;

    /// <summary>Reads a <c>bbox</c> of four or six numbers. Null for anything else.</summary>
    internal static Box? Of(JsonElement? bbox)
    {
        if (bbox is not { ValueKind: JsonValueKind.Array } array)
        {
            return null;
        }

        var length = array.GetArrayLength();
        return length is 4 or 6 && array.EnumerateArray().All(number => number.ValueKind == JsonValueKind.Number)
            ? new Box(array[0].GetDouble(), array[1].GetDouble(), array[length / 2].GetDouble(), array[length / 2 + 1].GetDouble())
            : null;
    }

    /// <summary>The box around a GeoJSON geometry. Null if it has no coordinates.</summary>
    internal static Box? Around(JsonElement? geometry)
    {
        var box = new Box(double.PositiveInfinity, double.PositiveInfinity, double.NegativeInfinity, double.NegativeInfinity);
        box = box.WithGeometry(geometry, MaxDepth);
        return box.West <= box.East ? box : null;
    }

    private Box WithGeometry(JsonElement? geometry, int levels) => geometry is { } found && levels > 0
        ? found.List("geometries").Aggregate(With(found.Field("coordinates")), (all, part) => all.WithGeometry(part, levels - 1))
        : this;

    private Box With(JsonElement? coordinates)
    {
        if (coordinates is not { ValueKind: JsonValueKind.Array } array || array.GetArrayLength() == 0)
        {
            return this;
        }

        if (array[0].ValueKind == JsonValueKind.Array)
        {
            return array.EnumerateArray().Aggregate(this, (all, part) => all.With(part));
        }

        if (array.GetArrayLength() < 2 || array[0].ValueKind != JsonValueKind.Number || array[1].ValueKind != JsonValueKind.Number)
        {
            return this;
        }

        var (x, y) = (array[0].GetDouble(), array[1].GetDouble());
        return new Box(Math.Min(West, x), Math.Min(South, y), Math.Max(East, x), Math.Max(North, y));
    }
}
