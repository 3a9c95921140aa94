namespace MlHub.Sdk;

/// <summary>What <see cref="AssetFilter.Intersects"/> compares an area with.</summary>
public enum SpatialTest
{
    /// <summary>The geometry of the item. If it has none, its bounding box. This is the default.</summary>
    Geometry,

    /// <summary>The bounding box of the item, as in the Python client. If it has none, the box around its geometry.</summary>
    Bbox,
}
