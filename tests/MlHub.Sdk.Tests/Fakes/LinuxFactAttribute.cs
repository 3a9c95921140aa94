namespace MlHub.Sdk.Tests;

/// <summary>A test of what Linux alone has; skipped elsewhere, with what that is.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LinuxFactAttribute : FactAttribute
{
    public LinuxFactAttribute(string needs)
    {
        Needs = needs;
        Skip = OperatingSystem.IsLinux() ? null : $"It needs {needs} of Linux.";
    }

    /// <summary>What of Linux it needs.</summary>
    public string Needs { get; }
}
