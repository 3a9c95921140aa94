using System.CommandLine;

namespace MlHub.Cli;

/// <summary>What a command does when it is called.</summary>
internal delegate Task<int> CommandBody(CommandRun run, CancellationToken cancellationToken);

/// <summary>What the commands of one run are made with.</summary>
internal sealed class CommandShell(CommandEnvironment environment)
{
    public GlobalOptions Options { get; } = new();

    public CommandEnvironment Environment { get; } = environment;

    /// <summary>Gives a command its body.</summary>
    public Command Runs(Command command, CommandBody body)
    {
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var run = new CommandRun(parsed, this);
            await using (run.ConfigureAwait(false))
            {
                var exitCode = await body(run, cancellationToken).ConfigureAwait(false);
                await run.Output.FlushAsync().ConfigureAwait(false);
                return exitCode;
            }
        });
        return command;
    }

    /// <summary>Where a run's errors and notes go, as quiet or verbose as it was asked to be.</summary>
    public Messages Messages(ParseResult parsed) =>
        new(Environment.Error, parsed.GetValue(Options.Quiet), parsed.GetValue(Options.Verbose));
}
