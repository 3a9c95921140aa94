namespace MlHub.Sdk.Tests.Downloads;

/// <summary>A test against Azurite, Microsoft's emulator of Azure Blob storage; skipped, with the reason, where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class AzuriteFactAttribute : FactAttribute
{
    public AzuriteFactAttribute() => Skip = Azurite.WhyNot!;
}
