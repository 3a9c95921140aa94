namespace MlHub.Cli.Tests;

/// <summary>A test that needs a shell of Unix.</summary>
public sealed class ShellTheoryAttribute : TheoryAttribute
{
    public ShellTheoryAttribute(string shell)
    {
        Shell = shell;
        var found = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(directory => File.Exists(Path.Combine(directory, shell)));
        Skip = found && !OperatingSystem.IsWindows() ? null : $"It needs {shell}.";
    }

    /// <summary>The name of the shell.</summary>
    public string Shell { get; }
}
