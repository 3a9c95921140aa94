namespace MlHub.Sdk.Assets.Parquet;

/// <summary>What a column, or a group of columns, contains.</summary>
internal enum ColumnKind
{
    /// <summary>Only nulls so far. It is written as text.</summary>
    Unknown,
    Boolean,
    Integer,
    Number,
    Text,
    Time,

    /// <summary>A GeoJSON geometry, written as WKB.</summary>
    Geometry,
    List,
    Struct,

    /// <summary>Values of several types, written as the text of their JSON.</summary>
    Json,
}
