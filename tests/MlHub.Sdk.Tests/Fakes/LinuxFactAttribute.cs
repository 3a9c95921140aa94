namespace MlHub.Sdk.Tests;

/// <summary>A test of something that only Linux has. It is skipped elsewhere, with the reason.</summary>
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
