using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;

namespace MlHub.Cli;

/// <summary>Says in one line what is wrong with a command line.</summary>
internal static class WrongUsage
{
    /// <summary>Of several errors the first is told: the others usually follow from it.</summary>
    /// <returns>The error, or null where there is none.</returns>
    public static WrongUsageException? In(ParseResult parsed)
    {
        var what = parsed.Action is not ParseErrorAction && parsed.Action != parsed.CommandResult.Command.Action ? null
            : OptionTakenForArgument(parsed) ?? (parsed.Action is ParseErrorAction ? FirstError(parsed) : null);
        return what is null ? null : new WrongUsageException($"{what} \"{Path(parsed)} --help\" says more.");
    }

    // The parser gives an option that it does not know to whichever argument has room for it.
    private static string? OptionTakenForArgument(ParseResult parsed)
    {
        var behind = parsed.Tokens.SkipWhile(token => token.Type != TokenType.DoubleDash).ToHashSet(ReferenceEqualityComparer.Instance);
        return parsed.CommandResult.Children
            .OfType<ArgumentResult>()
            .SelectMany(result => result.Tokens.Where(token => IsOption(token.Value) && !behind.Contains(token)), (result, token) => (result.Argument, token.Value))
            .Select(taken => $"{NoOption(taken.Value)}: any {taken.Argument.Name} that begins so is written behind \"--\".")
            .FirstOrDefault();
    }

    private static string FirstError(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        var error = parsed.Errors.FirstOrDefault(error => error.SymbolResult is not CommandResult) ?? parsed.Errors[0];
        return error.SymbolResult is not CommandResult ? error.Message.Trim()
            : parsed.UnmatchedTokens is [var option, ..] && IsOption(option) && parsed.Tokens.All(token => token.Type != TokenType.DoubleDash) ? $"{NoOption(option)}."
            : command.Subcommands.Count > 0 ? MissingCommand(command, parsed.UnmatchedTokens)
            : error.Message.Trim();
    }

    private static string MissingCommand(Command command, IReadOnlyList<string> unmatched)
    {
        var names = string.Join(", ", command.Subcommands.Select(subcommand => subcommand.Name));
        return unmatched is [var word, ..] ? $"there is no command '{word}': {names}." : $"a command is missing: {names}.";
    }

    private static bool IsOption(string text) => text is ['-', _, ..];

    // What follows the name is not repeated: it could be a key.
    private static string NoOption(string option) => $"there is no option {option.Split('=', ':')[0]}";

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
