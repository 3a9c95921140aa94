namespace MlHub.Cli;

/// <summary>How results are written.</summary>
internal enum ResultFormat
{
    /// <summary>A table on a terminal, and tab-separated lines elsewhere.</summary>
    Table,

    /// <summary>The API's own JSON: an array for a list, an object for a single result.</summary>
    Json,

    /// <summary>The API's own JSON, one result on each line.</summary>
    JsonLines,

    /// <summary>A GeoJSON FeatureCollection. Only for assets.</summary>
    GeoJson,

    /// <summary>stac-geoparquet, a binary table of items. Only for assets.</summary>
    StacGeoParquet,
}
