namespace MlHub.Sdk.Tests.Downloads;

/// <summary>A test against the real nginx; skipped, with the reason, where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NginxFactAttribute : FactAttribute
{
    public NginxFactAttribute() => Skip = Nginx.WhyNot!;
}
