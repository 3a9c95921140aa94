using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;

namespace MlHub.Cli;

/// <summary>Explains in one line what is wrong with a command line.</summary>
internal static class WrongUsage
{
    /// <summary>The first error is reported. The others usually follow from it.</summary>
    /// <returns>The error, or null.</returns>
    public static WrongUsageException? In(ParseResult parsed)
    {
        var what = parsed.Action is not ParseErrorAction && parsed.Action != parsed.CommandResult.Command.Action ? null
            : OptionTakenForArgument(parsed) ?? (parsed.Action is ParseErrorAction ? FirstError(parsed) : null);
        return what is null ? null : new WrongUsageException($"{what} See \"{Path(parsed)} --help\".");
    }

    // The parser treats an unknown option as an argument, if an argument accepts more values.
    private static string? OptionTakenForArgument(ParseResult parsed)
    {
        var behind = parsed.Tokens.SkipWhile(token => token.Type != TokenType.DoubleDash).ToHashSet(ReferenceEqualityComparer.Instance);
        return parsed.CommandResult.Children
            .OfType<ArgumentResult>()
            .SelectMany(result => result.Tokens.Where(token => IsOption(token.Value) && !behind.Contains(token)), (result, token) => (result.Argument, token.Value))
            .Select(taken => $"{NoOption(taken.Value)}; put \"--\" before the {taken.Argument.Name} if it begins with a dash.")
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
        return unmatched is [var word, ..] ? $"there is no command '{word}'. The commands are: {names}." : $"a command is missing. The commands are: {names}.";
    }

    private static bool IsOption(string text) => text is ['-', _, ..];

    // Only the name is repeated, because the value could be a key.
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
