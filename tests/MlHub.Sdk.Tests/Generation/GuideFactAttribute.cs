namespace MlHub.Sdk.Tests.Generation;

/// <summary>A test that follows a page of the documentation step by step. It runs only if it is asked for, as <c>.ci/run</c> does.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class GuideFactAttribute : FactAttribute
{
    public const string Variable = "MLHUB_TEST_GUIDE";

    public GuideFactAttribute() => Skip = (Environment.GetEnvironmentVariable(Variable) == "1"
        ? null
        : $"It builds a copy of the working copy several times, which takes minutes. .ci/run does it; set {Variable}=1 to do it here.")!;
}
