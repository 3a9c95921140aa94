using System.CommandLine;
using System.CommandLine.Parsing;

namespace MlHub.Cli;

/// <summary>Says in one line what is wrong with a command line.</summary>
internal static class WrongUsage
{
    /// <summary>Of several errors the first is told: the others usually follow from it.</summary>
    public static WrongUsageException In(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        var error = parsed.Errors.FirstOrDefault(error => error.SymbolResult is not CommandResult) ?? parsed.Errors[0];
        var what = error.SymbolResult is CommandResult && command.Subcommands.Count > 0
            ? MissingCommand(command, parsed.UnmatchedTokens)
            : error.Message.Trim();
        return new WrongUsageException($"{what} \"{Path(parsed)} --help\" says more.");
    }

    private static string MissingCommand(Command command, IReadOnlyList<string> unmatched)
    {
        var names = string.Join(", ", command.Subcommands.Select(subcommand => subcommand.Name));
        return unmatched switch
        {
            [] => $"a command is missing: {names}.",
            [['-', ..] option, ..] => $"there is no option {option}.",
            [var word, ..] => $"there is no command '{word}': {names}.",
        };
    }

    private static string Path(ParseResult parsed)
    {
        var names = new Stack<string>();
        for (SymbolResult? result = parsed.CommandResult; result is CommandResult { Parent: not null } command; result = result.Parent)
        {
            names.Push(command.Command.Name);
        }

        names.Push("mlhub");
        return string.Join(' ', names);
    }
}
