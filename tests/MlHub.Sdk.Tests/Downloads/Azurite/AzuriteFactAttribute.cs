namespace MlHub.Sdk.Tests.Downloads;

/// <summary>A test against Azurite, Microsoft's emulator of Azure Blob storage. It is skipped with a reason if Azurite is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class AzuriteFactAttribute : FactAttribute
{
    public AzuriteFactAttribute() => Skip = Azurite.WhyNot!;
}
