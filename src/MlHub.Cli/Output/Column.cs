namespace MlHub.Cli;

/// <summary>A column of a table of things.</summary>
/// <param name="Heading">What stands above it.</param>
/// <param name="Text">What it says of a thing; null for nothing.</param>
internal sealed record Column<T>(string Heading, Func<T, string?> Text);
