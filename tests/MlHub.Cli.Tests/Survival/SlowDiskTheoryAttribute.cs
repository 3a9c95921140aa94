namespace MlHub.Cli.Tests;

/// <summary>A test on a slow disk. It is skipped, with the reason, if a slow disk cannot be simulated.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SlowDiskTheoryAttribute : TheoryAttribute
{
    public SlowDiskTheoryAttribute() => Skip = SlowDisk.WhyNot!;
}
