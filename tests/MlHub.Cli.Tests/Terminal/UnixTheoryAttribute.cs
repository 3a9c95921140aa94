namespace MlHub.Cli.Tests;

/// <summary>As <see cref="UnixFactAttribute"/>, with data.</summary>
public sealed class UnixTheoryAttribute : TheoryAttribute
{
    public UnixTheoryAttribute() => Skip = UnixFactAttribute.Reason;
}
