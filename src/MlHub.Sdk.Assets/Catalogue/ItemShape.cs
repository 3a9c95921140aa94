using System.Text.Json;
using NetTopologySuite.Geometries;

namespace MlHub.Sdk.Assets.Catalogue;

/// <summary>The area of an item, as filters compare it.</summary>
internal static class ItemShape
{
    private const double FullCircle = 360;
    private const double HalfCircle = 180;
    private static readonly GeometryFactory Factory = new(new PrecisionModel(), 4326);

    /// <summary>
    /// The geometry of an item. If it has none, or an invalid one, the area of its box. Null if it has neither. If the box of the item crosses the antimeridian, its western
    /// longitudes are counted from 180 on, so that the geometry is in one piece.
    /// </summary>
    /// <param name="geometry">The GeoJSON geometry of the item.</param>
    /// <param name="stated">The box in the item.</param>
    internal static Geometry? Of(JsonElement? geometry, Bbox? stated)
    {
        if (GeoJsonGeometry.Read(geometry) is not { IsEmpty: false } shape || !BoxOf(shape).IsInDegrees)
        {
            return stated is { IsInDegrees: true } ? OfBox(stated) : null;
        }

        // A geometry should be split at the antimeridian (RFC 7946 §3.1.9). If it is not, only the box tells on which side it lies.
        if (stated is not null && stated.West > stated.East && shape.EnvelopeInternal.Width > HalfCircle && shape.NumGeometries == 1)
        {
            shape.Apply(new EastOfAntimeridian());
            shape.GeometryChanged();
        }

        return shape;
    }

    /// <summary>The area of a box: one rectangle, or two if it crosses the antimeridian. A box without width or height is a line or a point.</summary>
    internal static Geometry OfBox(Bbox box)
    {
        var parts = box.Spans().Select(span => Factory.ToGeometry(new Envelope(span.West, span.East, box.South, box.North))).ToArray();
        return parts.Length == 1 ? parts[0] : Factory.BuildGeometry(parts);
    }

    /// <summary>
    /// The box of an item that has none, around its shape. A shape that is split at the antimeridian gets a box across it, with its west east of its east.
    /// </summary>
    internal static Bbox PlaceOf(Geometry shape)
    {
        var box = BoxOf(shape);
        if (box.West > -HalfCircle || box.East < HalfCircle || shape is not GeometryCollection many)
        {
            return box;
        }

        var parts = Array.ConvertAll(many.Geometries, part => part.EnvelopeInternal);
        return Array.TrueForAll(parts, part => part.MinX >= 0 || part.MaxX <= 0)
            ? box with { West = parts.Where(part => part.MinX >= 0).Min(part => part.MinX), East = parts.Where(part => part.MinX < 0).Max(part => part.MaxX) }
            : box;
    }

    /// <summary>The box around a shape.</summary>
    internal static Bbox BoxOf(Geometry shape) => new(shape.EnvelopeInternal.MinX, shape.EnvelopeInternal.MinY, shape.EnvelopeInternal.MaxX, shape.EnvelopeInternal.MaxY);

    private sealed class EastOfAntimeridian : ICoordinateFilter
    {
        public void Filter(Coordinate coord) => coord.X += coord.X < 0 ? FullCircle : 0;
    }
}
