using System.CommandLine;
using System.CommandLine.Parsing;

namespace MlHub.Cli;

/// <summary>The code of a command.</summary>
internal delegate Task<int> CommandBody(CommandRun run, CancellationToken cancellationToken);

/// <summary>The global options and the environment from which all commands are created.</summary>
internal sealed class CommandFactory(CommandEnvironment environment)
{
    public GlobalOptions Options { get; } = new(environment);

    public CommandEnvironment Environment { get; } = environment;

    /// <summary>Sets the code that a command runs.</summary>
    public Command WithBody(Command command, CommandBody body)
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
            if (run.Format is ResultFormat.GeoJson or ResultFormat.StacGeoParquet && !IsListOfAssets(run.Parsed.CommandResult))
            {
                throw new WrongUsageException($"--format {(run.Format == ResultFormat.GeoJson ? "geojson" : "stac-geoparquet")} is only for \"mlhub assets list\": use table, json or jsonl.");
            }

            var exitCode = await body(run, cancellationToken).ConfigureAwait(false);
            await run.Output.FlushAsync().ConfigureAwait(false);
            return exitCode;
        }
        catch (Exception)
        {
            // The results before the error are shown, even those that are still in the buffer.
            await run.Output.TryFlushAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static bool IsListOfAssets(CommandResult command) => command is { Command.Name: "list", Parent: CommandResult { Command.Name: "assets" } };

    /// <summary>The messages of a run, as <c>--quiet</c> and <c>--verbose</c> say.</summary>
    public Messages Messages(ParseResult parsed) =>
        new(Environment.Error, parsed.GetValue(Options.Quiet), parsed.GetValue(Options.Verbose), ListCommandFor(parsed));

    // An archive has the id of its collection, and a catalogue that of its dataset.
    private string? ListCommandFor(ParseResult parsed)
    {
        var list = (parsed.CommandResult.Parent as CommandResult)?.Command.Name switch
        {
            "datasets" or "catalogs" or "assets" => "datasets list",
            "collections" or "archives" => "collections list",
            "models" => "models list",
            "items" => FirstValue(parsed, "ITEM") is null ? "collections list" : $"items list {FirstValue(parsed, "COLLECTION")}",
            _ => null,
        };
        var hub = parsed.GetValue(Options.Sandbox) ? "--sandbox " : parsed.GetValue(Options.Hub) is { } definition ? $"--hub {definition} " : "";
        return list is null ? null : $"mlhub {hub}{list}";
    }

    private static string? FirstValue(ParseResult parsed, string argument) =>
        parsed.CommandResult.Children.OfType<ArgumentResult>().FirstOrDefault(result => result.Argument.Name == argument)?.Tokens is [var first, ..] ? first.Value : null;
}
