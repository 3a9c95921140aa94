using System.ComponentModel;
using System.Diagnostics;

namespace MlHub.Sdk.Tests.Authentication;

/// <summary>A test against the real configparser. It is skipped with a reason if no suitable Python is installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PythonFactAttribute : FactAttribute
{
    private static readonly Lazy<string?> Reason = new(FindReason);

    public PythonFactAttribute() => Skip = Reason.Value!;

    private static string? FindReason()
    {
        try
        {
            using var python = Process.Start(new ProcessStartInfo("python3", ["-c", "import sys; sys.exit(sys.version_info < (3, 10))"]))!;
            python.WaitForExit();
            return python.ExitCode == 0 ? null : "python3 is older than 3.10, and cuts a section's name at its first ]";
        }
        catch (Win32Exception)
        {
            return "there is no python3 on the PATH";
        }
    }
}
