namespace MlHub.Cli.Tests;

/// <summary>A test of signals, pipes or a terminal as Unix has them, with <c>script</c> of util-linux.</summary>
public sealed class UnixFactAttribute : FactAttribute
{
    public UnixFactAttribute() => Skip = Reason;

    internal static string? Reason { get; } =
        OperatingSystem.IsLinux() && File.Exists("/usr/bin/script") ? null : "It needs Linux and the program \"script\" of util-linux.";
}
