using System.Globalization;

namespace MlHub.Cli;

/// <summary>Numbers of bytes for people, in powers of ten.</summary>
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

    /// <summary>A field: for people with a unit and the exact number beside it, for programs in bytes.</summary>
    public static string? Field(CommandRun run, long? bytes) =>
        run.Environment.OutputIsTerminal ? Exact(bytes) : bytes?.ToString(CultureInfo.InvariantCulture);

    private static string? Exact(long? bytes) => bytes is >= 1000 ? string.Create(CultureInfo.InvariantCulture, $"{Of(bytes.Value)} ({bytes} bytes)") : bytes is { } few ? Of(few) : null;

    public static string Transferred(long done, long? total) => total is null ? Of(done) : $"{Of(done)} of {Of(total.Value)}";
}
