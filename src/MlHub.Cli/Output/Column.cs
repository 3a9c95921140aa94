namespace MlHub.Cli;

/// <summary>A column of a table.</summary>
/// <param name="Heading">The heading.</param>
/// <param name="Text">The text of the column for one row, or null.</param>
/// <param name="Kind">How the column is wrapped on a narrow terminal.</param>
internal sealed record Column<T>(string Heading, Func<T, string?> Text, ColumnKind Kind = ColumnKind.NoWrap);
