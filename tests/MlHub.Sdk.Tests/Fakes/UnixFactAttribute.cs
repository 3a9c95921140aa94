namespace MlHub.Sdk.Tests;

/// <summary>A test of files as Unix has them; skipped on Windows, with what is different there.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class UnixFactAttribute : FactAttribute
{
    public UnixFactAttribute(string onWindows)
    {
        OnWindows = onWindows;
        Skip = OperatingSystem.IsWindows() ? $"On Windows {onWindows}." : null;
    }

    /// <summary>What is different on Windows.</summary>
    public string OnWindows { get; }
}
