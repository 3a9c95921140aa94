using System.CommandLine;
using System.CommandLine.Parsing;

namespace MlHub.Cli;

/// <summary>What a command does when it is called.</summary>
internal delegate Task<int> CommandBody(CommandRun run, CancellationToken cancellationToken);

/// <summary>What the commands of one run are made with.</summary>
internal sealed class CommandShell(CommandEnvironment environment)
{
    public GlobalOptions Options { get; } = new(environment);

    public CommandEnvironment Environment { get; } = environment;

    /// <summary>Gives a command its body.</summary>
    public Command Runs(Command command, CommandBody body)
    {
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var run = new CommandRun(parsed, this);
            await using (run.ConfigureAwait(false))
            {
                return await RunAsync(run, body, cancellationToken).ConfigureAwait(false);
            }
        });
        return command;
    }

    private static async Task<int> RunAsync(CommandRun run, CommandBody body, CancellationToken cancellationToken)
    {
        try
        {
            var exitCode = await body(run, cancellationToken).ConfigureAwait(false);
            await run.Output.FlushAsync().ConfigureAwait(false);
            return exitCode;
        }
        catch (Exception)
        {
            // What was found before the error is shown, whatever the buffer held.
            await run.Output.TryFlushAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Where a run's errors and notes go, as quiet or verbose as it was asked to be.</summary>
    public Messages Messages(ParseResult parsed) =>
        new(Environment.Error, parsed.GetValue(Options.Quiet), parsed.GetValue(Options.Verbose), ListFor(parsed));

    // An archive has the id of its collection, and a catalogue that of its dataset.
    private static string? ListFor(ParseResult parsed) => (parsed.CommandResult.Parent as CommandResult)?.Command.Name switch
    {
        "datasets" or "catalogs" => "mlhub datasets list",
        "collections" or "archives" => "mlhub collections list",
        "models" => "mlhub models list",
        "items" => Typed(parsed, "ITEM") is null ? "mlhub collections list" : $"mlhub items list {Typed(parsed, "COLLECTION")}",
        _ => null,
    };

    private static string? Typed(ParseResult parsed, string argument) =>
        parsed.CommandResult.Children.OfType<ArgumentResult>().FirstOrDefault(result => result.Argument.Name == argument)?.Tokens is [var first, ..] ? first.Value : null;
}
