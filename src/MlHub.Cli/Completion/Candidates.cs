using System.CommandLine;
using MlHub.Sdk;

namespace MlHub.Cli;

/// <summary>The words that can come next on a command line.</summary>
internal sealed class Candidates(Command root, string? home)
{
    /// <summary>A placeholder for file names, which the shell completes itself.</summary>
    public const string Files = ":files";

    /// <summary>A placeholder for directory names.</summary>
    public const string Directories = ":directories";

    /// <summary>The candidates, each followed by a tab and its description.</summary>
    /// <param name="before">The words after <c>mlhub</c> that are complete.</param>
    /// <param name="word">The word that is being typed.</param>
    public IEnumerable<string> After(IReadOnlyList<string> before, string word)
    {
        var (command, option, onlyArguments) = Read(before);

        // bash splits "--format=json" into three words.
        if (option is not null)
        {
            return Matching(ValuesOf(option), word == "=" ? "" : word);
        }

        if (!onlyArguments && word.StartsWith('-'))
        {
            return word.Split('=', 2) is [var name, var value] && Find(command, name) is { } named
                ? Matching(ValuesOf(named).Select(candidate => IsPlaceholder(candidate) ? candidate : $"{name}={candidate}"), word)
                : Matching(Options(command).Select(known => Line(known.Name, known.Description)), word);
        }

        return Matching(!onlyArguments && command.Subcommands.Count > 0 ? Commands(command) : command.Arguments.SelectMany(ValuesOf), word);
    }

    private (Command Command, Option? Pending, bool OnlyArguments) Read(IReadOnlyList<string> before)
    {
        var (command, onlyArguments) = (root, false);
        Option? pending = null;
        foreach (var word in before)
        {
            if (onlyArguments || (word == "=" && pending is not null))
            {
                continue;
            }

            if (pending is not null)
            {
                pending = null;
            }
            else if (word == "--")
            {
                onlyArguments = true;
            }
            else if (word.StartsWith('-'))
            {
                pending = Find(command, word) is { } option && option.ValueType != typeof(bool) ? option : null;
            }
            else if (command.Name == "help")
            {
                // Its arguments are the words of another command.
                continue;
            }
            else
            {
                command = command.Subcommands.FirstOrDefault(subcommand => subcommand.Name == word) ?? command;
            }
        }

        return command.Name == "help" ? (CommandAfterHelp(before), pending, false) : (command, pending, onlyArguments);
    }

    private Command CommandAfterHelp(IReadOnlyList<string> before) =>
        before.SkipWhile(word => word != "help").Skip(1).Aggregate(root, (command, word) => command.Subcommands.FirstOrDefault(subcommand => subcommand.Name == word) ?? command);

    private IEnumerable<Option> Options(Command command) => GlobalOptions.UsedBy(command, root);

    private Option? Find(Command command, string word) => Options(command).FirstOrDefault(option => option.Name == word || option.Aliases.Contains(word));

    private static IEnumerable<string> Commands(Command command) =>
        command.Subcommands.Where(subcommand => !subcommand.Hidden).Select(subcommand => Line(subcommand.Name, subcommand.Description));

    private IEnumerable<string> ValuesOf(Option option) => option switch
    {
        { Name: "--profile" } => Profiles(),
        { Name: "--hub" } => [Files, .. HubChoice.KnownNames],
        { Name: "--output" or "--asset-output" } => [Directories],
        { HelpName: "FILE" } => [Files],
        { HelpName: { } choices } when choices.Contains('|', StringComparison.Ordinal) => choices.Split('|'),
        _ => [],
    };

    private static IEnumerable<string> ValuesOf(Argument argument) => argument.Name switch
    {
        "FILE" => [Files],
        "SHELL" => CompletionScripts.Shells,
        _ => [],
    };

    // A profiles file that cannot be read is ignored here: the command that needs it reports the error. Names that would need quotes are left out.
    private IEnumerable<string> Profiles()
    {
        try
        {
            return [.. new MlHubProfiles(home).List().Select(profile => profile.Name).Where(IsWord), MlHubSettings.AnonymousProfile];
        }
        catch (MlHubException)
        {
            return [MlHubSettings.AnonymousProfile];
        }
    }

    private static bool IsWord(string name) => name.Length > 0 && name.All(character => char.IsLetterOrDigit(character) || character is '-' or '_' or '.' or '@' or '+');

    private static string Line(string word, string? description) => $"{word}\t{description?.Split(". ")[0].TrimEnd('.')}";

    private static IEnumerable<string> Matching(IEnumerable<string> candidates, string word) =>
        candidates.Where(candidate => IsPlaceholder(candidate) || candidate.StartsWith(word, StringComparison.Ordinal));

    private static bool IsPlaceholder(string candidate) => candidate is Files or Directories;
}
