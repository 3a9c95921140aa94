namespace MlHub.Cli.Tests;

/// <summary>A test on a disk that takes its time; skipped, with the reason, where none can be made slow.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SlowDiskTheoryAttribute : TheoryAttribute
{
    public SlowDiskTheoryAttribute() => Skip = SlowDisk.WhyNot!;
}
