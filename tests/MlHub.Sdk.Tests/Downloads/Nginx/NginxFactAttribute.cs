namespace MlHub.Sdk.Tests.Downloads;

/// <summary>A test against the real nginx. It is skipped with a reason if nginx is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NginxFactAttribute : FactAttribute
{
    public NginxFactAttribute() => Skip = Nginx.WhyNot!;
}
