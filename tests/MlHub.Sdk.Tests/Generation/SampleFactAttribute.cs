namespace MlHub.Sdk.Tests.Generation;

/// <summary>A test of the recorded answers of the service. They are not part of this repository, and it is skipped where they do not lie beside it.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SampleFactAttribute : FactAttribute
{
    public SampleFactAttribute() =>
        Skip = (System.IO.Directory.Exists(Directory) ? Prism.WhyNot : $"There are no recorded answers in {Directory}.")!;

    public static string Directory { get; } = Path.GetFullPath(Repository.Place("../shared/samples"));
}
