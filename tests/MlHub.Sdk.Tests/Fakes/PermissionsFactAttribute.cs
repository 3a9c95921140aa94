using System.Runtime.Versioning;

namespace MlHub.Sdk.Tests;

/// <summary>A test of a file that must not be readable. It is skipped, with the reason, on Windows, which has no modes, and for root, who can read all files.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PermissionsFactAttribute : FactAttribute
{
    private static readonly Lazy<string?> Reason = new(() => OperatingSystem.IsWindows() ? "On Windows no mode says who may read a file." : FindReason());

    public PermissionsFactAttribute() => Skip = Reason.Value;

    [UnsupportedOSPlatform("windows")]
    private static string? FindReason()
    {
        var path = Path.GetTempFileName();
        try
        {
            File.SetUnixFileMode(path, UnixFileMode.None);
            File.OpenHandle(path).Dispose();
            return "Whoever runs this (root?) may read every file.";
        }
        catch (UnauthorizedAccessException)
        {
            return null;
        }
        finally
        {
            File.Delete(path);
        }
    }
}
