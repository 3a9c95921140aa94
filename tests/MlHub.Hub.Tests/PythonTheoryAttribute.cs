namespace MlHub.Hub.Tests;

/// <summary>A test that needs Python 3. It is skipped where there is none.</summary>
public sealed class PythonTheoryAttribute : TheoryAttribute
{
    public PythonTheoryAttribute()
    {
        var found = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => folder.Length > 0 && File.Exists(Path.Combine(folder, "python3")));
        Skip = found ? null : "There is no python3.";
    }
}
