using System.Diagnostics;

namespace MlHub.Sdk.Tests.Authentication;

/// <summary>
/// A test that creates a device in a temporary directory. It is skipped with a reason if that is not allowed: for users other than root, and in most
/// containers.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class DeviceTheoryAttribute : TheoryAttribute
{
    private static readonly Lazy<string?> Reason = new(() => OperatingSystem.IsWindows() ? "Windows has no devices in directories." : FindReason());

    public DeviceTheoryAttribute() => Skip = Reason.Value!;

    private static string? FindReason()
    {
        var directory = Directory.CreateTempSubdirectory("mlhub-");
        try
        {
            using var made = Process.Start(new ProcessStartInfo("mknod", [Path.Combine(directory.FullName, "null"), "c", "1", "3"]) { RedirectStandardError = true })!;
            made.WaitForExit();
            return made.ExitCode == 0 ? null : "Whoever runs this may not make a device.";
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }
}
