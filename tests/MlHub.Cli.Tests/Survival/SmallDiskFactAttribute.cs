namespace MlHub.Cli.Tests;

/// <summary>A test on a small disk. It is skipped, with the reason, if none can be mounted.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SmallDiskFactAttribute : FactAttribute
{
    public SmallDiskFactAttribute() => Skip = SmallDisk.WhyNot!;
}
