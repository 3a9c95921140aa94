namespace MlHub.Sdk.Tests.Downloads;

/// <summary>Tests against Azurite, Microsoft's emulator of Azure Blob storage; skipped, with the reason, where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class AzuriteTheoryAttribute : TheoryAttribute
{
    public AzuriteTheoryAttribute() => Skip = Azurite.WhyNot!;
}
