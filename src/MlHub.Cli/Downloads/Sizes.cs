using System.Globalization;

namespace MlHub.Cli;

/// <summary>Formats numbers of bytes with decimal units.</summary>
internal static class Sizes
{
    private static readonly string[] Units = ["B", "kB", "MB", "GB", "TB", "PB"];

    public static string Of(double bytes)
    {
        var unit = 0;
        while (bytes >= 999.5 && unit < Units.Length - 1)
        {
            bytes /= 1000;
            unit++;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{(unit == 0 || bytes >= 100 ? Math.Round(bytes) : Math.Round(bytes, 1))} {Units[unit]}");
    }

    /// <summary>The text of a field: with a unit and the exact number on a terminal, and in bytes otherwise.</summary>
    public static string? Field(CommandRun run, long? bytes) =>
        run.Environment.OutputIsTerminal ? Exact(bytes) : bytes?.ToString(CultureInfo.InvariantCulture);

    private static string? Exact(long? bytes) => bytes is >= 1000 ? string.Create(CultureInfo.InvariantCulture, $"{Of(bytes.Value)} ({bytes} bytes)") : bytes is { } small ? Of(small) : null;

    public static string Transferred(long done, long? total) => total is null ? Of(done) : $"{Of(done)} of {Of(total.Value)}";
}
