namespace MlHub.Cli;

/// <summary>A column of a table of things.</summary>
/// <param name="Heading">The heading.</param>
/// <param name="Text">The text of the column for one thing, or null.</param>
/// <param name="Kind">What may be done with it on a narrow terminal.</param>
internal sealed record Column<T>(string Heading, Func<T, string?> Text, ColumnKind Kind = ColumnKind.Whole);
