namespace MlHub.Sdk.Tests.Fuzzing;

/// <summary>Other tests do not run at the same time, because a fuzzed check is limited in time and in memory.</summary>
[Collection(nameof(FuzzTest))]
public abstract class FuzzTest
{
    [CollectionDefinition(nameof(FuzzTest), DisableParallelization = true)]
    public sealed class Alone;
}
