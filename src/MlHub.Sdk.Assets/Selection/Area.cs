using MlHub.Sdk.Assets.Catalogue;
using NetTopologySuite.Geometries;
using NetTopologySuite.Geometries.Prepared;
using NetTopologySuite.Geometries.Utilities;
using NetTopologySuite.Index.Strtree;

namespace MlHub.Sdk.Assets.Selection;

/// <summary>An area that many shapes are compared with. It is repeated every 360 degrees, because longitudes beyond 180 are another name for the same place.</summary>
internal sealed class Area
{
    private const double FullCircle = 360;
    private readonly STRtree<IPreparedGeometry> _parts = new();

    internal Area(Geometry area)
    {
        Box = ItemShape.BoxOf(area);
        foreach (var part in Parts(area))
        {
            foreach (var offset in (ReadOnlySpan<double>)[-FullCircle, 0, FullCircle])
            {
                var moved = offset == 0 ? part : AffineTransformation.TranslationInstance(offset, 0).Transform(part);
                _parts.Insert(moved.EnvelopeInternal, PreparedGeometryFactory.Prepare(moved));
            }
        }

        _parts.Build();
    }

    /// <summary>The box around the area.</summary>
    internal Bbox Box { get; }

    /// <summary>Whether the area and the shape have a point in common.</summary>
    internal bool Intersects(Geometry shape) => Parts(shape).Any(part => _parts.Query(part.EnvelopeInternal).Any(own => own.Intersects(part)));

    private static IEnumerable<Geometry> Parts(Geometry geometry) =>
        geometry is GeometryCollection many ? many.Geometries.SelectMany(Parts) : geometry.IsEmpty ? [] : [geometry];
}
