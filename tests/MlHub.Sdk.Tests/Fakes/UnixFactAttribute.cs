namespace MlHub.Sdk.Tests;

/// <summary>A test of Unix files. It is skipped on Windows, with the difference as the reason.</summary>
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
