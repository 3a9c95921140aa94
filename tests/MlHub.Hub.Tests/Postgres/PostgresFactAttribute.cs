namespace MlHub.Hub.Tests;

/// <summary>A test with a server of PostgreSQL. It is skipped with a reason if that is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PostgresFactAttribute : FactAttribute
{
    public PostgresFactAttribute() => Skip = PostgresServer.WhyNot!;
}
