namespace MlHub.Sdk.Tests;

/// <summary>As <see cref="UnixFactAttribute"/>, with data.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class UnixTheoryAttribute : TheoryAttribute
{
    public UnixTheoryAttribute(string onWindows)
    {
        OnWindows = onWindows;
        Skip = new UnixFactAttribute(onWindows).Skip;
    }

    /// <summary>What is different on Windows.</summary>
    public string OnWindows { get; }
}
