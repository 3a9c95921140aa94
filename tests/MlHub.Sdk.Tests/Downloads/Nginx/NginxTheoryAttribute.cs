namespace MlHub.Sdk.Tests.Downloads;

/// <summary>Tests against the real nginx; skipped, with the reason, where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NginxTheoryAttribute : TheoryAttribute
{
    public NginxTheoryAttribute() => Skip = Nginx.WhyNot!;
}
