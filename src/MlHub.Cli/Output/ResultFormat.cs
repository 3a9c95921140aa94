namespace MlHub.Cli;

/// <summary>How results are written.</summary>
internal enum ResultFormat
{
    /// <summary>A table on a terminal; lines with tabs between their fields elsewhere.</summary>
    Table,

    /// <summary>The API's own JSON: an array for a list, an object for one thing.</summary>
    Json,

    /// <summary>The API's own JSON, each thing on a line.</summary>
    JsonLines,
}
