namespace MlHub.Testing;

/// <summary>A test that needs Prism; skipped, with the reason, where it is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PrismFactAttribute : FactAttribute
{
    public PrismFactAttribute() => Skip = Prism.WhyNot!;
}
