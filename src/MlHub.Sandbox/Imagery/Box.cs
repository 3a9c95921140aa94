using System.Text.Json.Nodes;

namespace MlHub.Sandbox;

/// <summary>
/// A rectangle on the Earth in degrees, WGS 84. It uses decimal and not double, because its arithmetic and its text are the same on every machine.
/// </summary>
internal readonly record struct Box(decimal West, decimal South, decimal East, decimal North)
{
    /// <summary>The tile in a column and row of a grid of square tiles, counted from the south-west corner of the grid.</summary>
    public static Box Tile(decimal west, decimal south, decimal size, int column, int row) =>
        new(west + column * size, south + row * size, west + (column + 1) * size, south + (row + 1) * size);

    /// <summary>The smallest box that contains all of these.</summary>
    public static Box Around(IEnumerable<Box> boxes) => boxes.Aggregate((a, b) => new Box(
        Math.Min(a.West, b.West), Math.Min(a.South, b.South), Math.Max(a.East, b.East), Math.Max(a.North, b.North)));

    /// <summary>The longitude of a pixel's western edge.</summary>
    public decimal LongitudeAt(int x, int width) => Math.Round(West + (East - West) * x / width, 7);

    /// <summary>The latitude of a pixel's northern edge: rows are counted from the north.</summary>
    public decimal LatitudeAt(int y, int height) => Math.Round(North - (North - South) * y / height, 7);

    public JsonArray ToBbox() => new(West, South, East, North);

    /// <summary>The coordinates of the polygon: one ring, counterclockwise (RFC 7946 §3.1.6).</summary>
    public JsonArray ToRings() => new(new JsonArray(
        new JsonArray(West, South), new JsonArray(East, South), new JsonArray(East, North), new JsonArray(West, North), new JsonArray(West, South)));
}
