using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;

namespace MlHub.Cli;

/// <summary>Explains in one line what is wrong with a command line.</summary>
internal static class WrongUsage
{
    /// <summary>The first error is reported. The others usually follow from it.</summary>
    /// <returns>The error, or null.</returns>
    public static WrongUsageException? Find(ParseResult parsed)
    {
        var message = parsed.Action is not ParseErrorAction && parsed.Action != parsed.CommandResult.Command.Action ? null
            : OptionParsedAsArgument(parsed) ?? (parsed.Action is ParseErrorAction ? FirstError(parsed) : null);
        return message is null ? null : new WrongUsageException($"{message} See \"{Path(parsed)} --help\".");
    }

    // The parser treats an unknown option as an argument, if an argument accepts more values.
    private static string? OptionParsedAsArgument(ParseResult parsed)
    {
        var afterDoubleDash = parsed.Tokens.SkipWhile(token => token.Type != TokenType.DoubleDash).ToHashSet(ReferenceEqualityComparer.Instance);
        return parsed.CommandResult.Children
            .OfType<ArgumentResult>()
            .SelectMany(result => result.Tokens.Where(token => IsOption(token.Value) && !afterDoubleDash.Contains(token)), (result, token) => (result.Argument, token.Value))
            .Select(found => UnknownOption(parsed, found.Value, $"; put \"--\" before the {found.Argument.Name} if it begins with a dash."))
            .FirstOrDefault();
    }

    private static string FirstError(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        var error = parsed.Errors.FirstOrDefault(error => error.SymbolResult is not CommandResult) ?? parsed.Errors[0];
        return error.SymbolResult is OptionResult option && WrongNumberOfValues(option) is { } number ? number
            : error.SymbolResult is ArgumentResult { Tokens.Count: 0 } missing ? $"{missing.Argument.Name} is missing."
            : error.SymbolResult is not CommandResult ? error.Message.Trim()
            : parsed.UnmatchedTokens is [var word, ..] && IsOption(word) && parsed.Tokens.All(token => token.Type != TokenType.DoubleDash) ? UnknownOption(parsed, word, ".")
            : command.Subcommands.Count > 0 ? MissingCommand(command, parsed.UnmatchedTokens)
            : parsed.UnmatchedTokens is [var extra, ..] ? $"'{extra}' is one argument too many."
            : $"{command.Arguments.FirstOrDefault(argument => argument.Arity.MinimumNumberOfValues > 0)?.Name ?? "an argument"} is missing.";
    }

    private static string? WrongNumberOfValues(OptionResult result) =>
        result.Option.ValueType == typeof(bool) ? $"{result.Option.Name} takes no value."
        : result.Tokens.Count < result.Option.Arity.MinimumNumberOfValues ? $"{result.Option.Name} needs a value{(result.Option.HelpName is { } name ? $": {result.Option.Name} {name}" : "")}."
        : result.Tokens.Count > result.Option.Arity.MaximumNumberOfValues ? $"{result.Option.Name} must be given only once."
        : null;

    private static string MissingCommand(Command command, IReadOnlyList<string> unmatched)
    {
        var names = string.Join(", ", command.Subcommands.Where(subcommand => !subcommand.Hidden).Select(subcommand => subcommand.Name));
        return unmatched is [var word, ..] ? UnknownCommand(command, word) : $"a command is missing. The commands are: {names}.";
    }

    /// <summary>The message for a command that does not exist.</summary>
    public static string UnknownCommand(Command parent, string word)
    {
        var names = parent.Subcommands.Where(subcommand => !subcommand.Hidden).Select(subcommand => subcommand.Name).ToArray();
        var question = DidYouMean.Question(word, names);
        return $"there is no command '{word}'.{(question.Length > 0 ? question : $" The commands are: {string.Join(", ", names)}.")}";
    }

    private static bool IsOption(string text) => text is ['-', _, ..];

    // Only the name is repeated, because the value could be a key.
    private static string UnknownOption(ParseResult parsed, string option, string advice)
    {
        var name = option.Split('=', ':')[0];
        var known = GlobalOptions.UsedBy(parsed.CommandResult.Command, parsed.RootCommandResult.Command).SelectMany(used => used.Aliases.Append(used.Name));
        var question = DidYouMean.Question(name, known);
        return $"there is no option {name}{(question.Length > 0 ? $".{question}" : advice)}";
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
