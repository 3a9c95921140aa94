namespace MlHub.Cli.Tests;

/// <summary>The exit code and the output of a run.</summary>
internal sealed record Outcome(int ExitCode, string Output, string Error)
{
    public string[] Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public string[] ErrorLines => Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Checks that the run succeeded and wrote nothing to standard error.</summary>
    public Outcome Quietly()
    {
        Assert.Equal((0, ""), (ExitCode, Error));
        return this;
    }

    /// <summary>Checks that the run failed with one line that says why.</summary>
    public string FailedWith(int exitCode)
    {
        var line = Assert.Single(ErrorLines);
        Assert.StartsWith("mlhub: ", line, StringComparison.Ordinal);
        Assert.Equal((exitCode, ""), (ExitCode, Output));
        return line;
    }
}
