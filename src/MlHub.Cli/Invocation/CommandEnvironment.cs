using MlHub.Sdk;

namespace MlHub.Cli;

/// <summary>The streams, terminal, clock and directories of a run. Tests replace them.</summary>
internal sealed record CommandEnvironment
{
    /// <summary>Standard output, as bytes: results and nothing else.</summary>
    public required Stream Output { get; init; }

    /// <summary>Standard error: errors, notes and progress.</summary>
    public required TextWriter Error { get; init; }

    /// <summary>Standard input, read when it is not a terminal.</summary>
    public required TextReader Input { get; init; }

    /// <summary>Prompts on standard error and reads a line without showing it; null if there is no terminal.</summary>
    public Func<string, CancellationToken, Task<string>>? AskSecretAsync { get; init; }

    /// <summary>Whether standard output is a terminal. Tables are drawn only on a terminal.</summary>
    public bool OutputIsTerminal { get; init; }

    /// <summary>Whether standard error is a terminal that can show progress.</summary>
    public bool ErrorIsTerminal { get; init; }

    /// <summary>Whether to use colours: <c>NO_COLOR</c> is unset or empty (no-color.org).</summary>
    public bool Colours { get; init; }

    /// <summary>The current number of columns of the terminal, which can be resized while a command runs.</summary>
    public Func<int> Width { get; init; } = () => 80;

    /// <summary>The clock for progress and for checks.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>The directory of the profiles file; null to use <c>MLHUB_HOME</c>.</summary>
    public string? Home { get; init; }

    /// <summary>The home directory of the user, which <c>~</c> means; empty if there is none.</summary>
    public string UserDirectory { get; init; } =
        Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify);

    /// <summary>The time-outs, retries and connections of all requests.</summary>
    public TransferOptions Transfer { get; init; } = new();

    /// <summary>The environment of this process.</summary>
    public static CommandEnvironment OfProcess()
    {
        var supportsEscapes = Environment.GetEnvironmentVariable("TERM") != "dumb";

        // At its first use, .NET's console switches the keypad of the terminal to another mode, with the sequence that TERM has for it. The command needs no such
        // keys. Without TERM there is no sequence, so the terminal gets only what the command writes. This changes only what .NET reads.
        Environment.SetEnvironmentVariable("TERM", null);
        return new CommandEnvironment
        {
            Output = StandardOutput.OfProcess(),
            Error = Console.Error,
            Input = Console.In,
            AskSecretAsync = Console.IsInputRedirected ? null : HiddenLine.AskAsync,
            OutputIsTerminal = !Console.IsOutputRedirected,
            ErrorIsTerminal = !Console.IsErrorRedirected && supportsEscapes,
            Colours = supportsEscapes && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")),
            Width = TerminalWidth,
        };
    }

    private static int TerminalWidth()
    {
        if (Console.IsOutputRedirected && Console.IsErrorRedirected)
        {
            return 80;
        }

        // A terminal that does not report its size returns 0.
        return Console.WindowWidth > 0 ? Console.WindowWidth : 80;
    }
}
