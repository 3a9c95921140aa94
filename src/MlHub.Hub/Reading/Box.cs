using System.Text.Json;

namespace MlHub.Hub.Reading;

/// <summary>A box in degrees. If it crosses the antimeridian, west is greater than east.</summary>
internal readonly record struct Box(double West, double South, double East, double North)
{
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
    internal static Box? Around(JsonElement? geometry) =>
        GeoJsonReader.BoxAround(geometry) is { IsNull: false } around ? new Box(around.MinX, around.MinY, around.MaxX, around.MaxY) : null;
}
