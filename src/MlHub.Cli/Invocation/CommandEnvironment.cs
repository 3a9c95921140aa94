using MlHub.Sdk;

namespace MlHub.Cli;

/// <summary>All that a run of the command takes from its surroundings. Tests give their own.</summary>
internal sealed record CommandEnvironment
{
    /// <summary>Standard output, as bytes: results and nothing else.</summary>
    public required Stream Output { get; init; }

    /// <summary>Standard error: errors, notes and progress.</summary>
    public required TextWriter Error { get; init; }

    /// <summary>Standard input, read when it is not a terminal.</summary>
    public required TextReader Input { get; init; }

    /// <summary>Asks on standard error and reads a line that is not shown; null if there is no terminal.</summary>
    public Func<string, CancellationToken, Task<string>>? AskSecretAsync { get; init; }

    /// <summary>Whether people see standard output: tables are drawn.</summary>
    public bool OutputIsTerminal { get; init; }

    /// <summary>Whether people see standard error: progress is shown.</summary>
    public bool ErrorIsTerminal { get; init; }

    /// <summary>Whether colours are wanted: <c>NO_COLOR</c> is unset or empty (no-color.org).</summary>
    public bool Colours { get; init; }

    /// <summary>The columns of the terminal now: it can be resized while a command runs.</summary>
    public Func<int> Width { get; init; } = () => 80;

    /// <summary>The clock of everything that is shown now and then.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>The directory of the profiles file; null where <c>MLHUB_HOME</c> decides.</summary>
    public string? Home { get; init; }

    /// <summary>The user's own directory, for which <c>~</c> stands; empty if there is none.</summary>
    public string UserDirectory { get; init; } =
        Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify);

    /// <summary>The time-outs, retries and connections of all requests.</summary>
    public TransferOptions Transfer { get; init; } = new();

    /// <summary>The surroundings of this process.</summary>
    public static CommandEnvironment OfProcess()
    {
        var capable = Environment.GetEnvironmentVariable("TERM") != "dumb";
        return new CommandEnvironment
        {
            Output = StandardOutput.OfProcess(),
            Error = Console.Error,
            Input = Console.In,
            AskSecretAsync = Console.IsInputRedirected ? null : HiddenLine.AskAsync,
            OutputIsTerminal = !Console.IsOutputRedirected,
            ErrorIsTerminal = !Console.IsErrorRedirected && capable,
            Colours = capable && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")),
            Width = TerminalWidth,
        };
    }

    private static int TerminalWidth()
    {
        if (Console.IsOutputRedirected && Console.IsErrorRedirected)
        {
            return 80;
        }

        // A terminal that tells no size says 0.
        return Console.WindowWidth > 0 ? Console.WindowWidth : 80;
    }
}
