namespace MlHub.Sdk;

/// <summary>The error for a member of a test double that does nothing by itself.</summary>
internal static class TestDoubles
{
    internal static NotSupportedException NotOverridden(object testDouble) =>
        new($"{testDouble.GetType().Name} was created without a client, as test doubles are. Override the member that is called.");
}
