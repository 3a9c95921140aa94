using System.CommandLine;
using System.Globalization;
using System.Text;

namespace MlHub.Cli;

/// <summary>The help of a command as text.</summary>
internal static class HelpPage
{
    // Longer lines are hard to read.
    private const int MaxColumns = 100;

    // The description of a longer name starts on the next line.
    private const int MaxNameWidth = 26;
    private const int Indent = 2;

    public static string Of(Command command, Command root, CommandEnvironment environment)
    {
        var width = environment.OutputIsTerminal ? Math.Clamp(environment.Width(), 40, MaxColumns) : MaxColumns;
        var page = new StringBuilder();
        page.AppendLines(TextWrap.Wrap(command.Description ?? "", width), 0);
        page.Append(CultureInfo.InvariantCulture, $"\nUsage: {Usage(command, root)}\n");
        Section(page, "Commands", command.Subcommands.Where(subcommand => !subcommand.Hidden).Select(Describe), width);
        Section(page, "Arguments", command.Arguments.Select(argument => (Name(argument), argument.Description)), width);
        foreach (var (heading, options) in OptionGroups.Of(GlobalOptions.UsedBy(command, root)))
        {
            Section(page, heading, options.Select(Describe), width);
        }

        if (Examples.Of(command) is { } examples)
        {
            page.Append(CultureInfo.InvariantCulture, $"\n{examples.TrimEnd()}\n");
        }
        else if (command.Subcommands.Count > 0)
        {
            page.Append(CultureInfo.InvariantCulture, $"\n\"{Path(command)} COMMAND --help\" explains a command.\n");
        }

        return page.ToString();
    }

    /// <summary>The words of a command, from <c>mlhub</c> on.</summary>
    public static string Path(Command command) =>
        command is RootCommand ? "mlhub" : $"{Path(command.Parents.OfType<Command>().First())} {command.Name}";

    /// <summary>An option with its short name and its value.</summary>
    public static string Name(Option option) =>
        string.Join(", ", option.Aliases.OrderBy(alias => alias.Length).ThenBy(alias => alias, StringComparer.Ordinal).Append(option.Name)) + (option.HelpName is null ? "" : $" {option.HelpName}");

    /// <summary>An argument, with <c>…</c> if it accepts several values.</summary>
    public static string Name(Argument argument) => argument.Arity.MaximumNumberOfValues > 1 ? $"{argument.Name}…" : argument.Name;

    private static string Usage(Command command, Command root) => string.Join(' ', (string[])
    [
        Path(command),
        .. command.Subcommands.Any(subcommand => !subcommand.Hidden) ? ["COMMAND"] : Array.Empty<string>(),
        .. command.Arguments.Select(argument => argument.Arity.MinimumNumberOfValues == 0 ? $"[{Name(argument)}]" : Name(argument)),
        .. GlobalOptions.UsedBy(command, root).Any() ? ["[OPTIONS]"] : Array.Empty<string>(),
    ]);

    private static (string Name, string? Text) Describe(Command command) => (command.Name, command.Description);

    private static (string Name, string? Text) Describe(Option option) => (Name(option), option.Description);

    private static void Section(StringBuilder page, string heading, IEnumerable<(string Name, string? Text)> rows, int width)
    {
        var all = rows.ToArray();
        if (all.Length == 0)
        {
            return;
        }

        page.Append(CultureInfo.InvariantCulture, $"\n{heading}:\n");
        var column = Math.Min(all.Max(row => row.Name.Length), MaxNameWidth) + Indent + 2;
        foreach (var (name, text) in all)
        {
            page.Append(' ', Indent).Append(name);
            var lines = TextWrap.Wrap(text ?? "", Math.Max(width - column, 20));
            var padding = column - Indent - name.Length;
            _ = padding >= 2 ? page.Append(' ', padding) : page.Append('\n').Append(' ', column);
            page.Append(lines[0]).Append('\n');
            page.AppendLines(lines.Skip(1), column);
        }
    }

    private static void AppendLines(this StringBuilder page, IEnumerable<string> lines, int indent)
    {
        foreach (var line in lines)
        {
            page.Append(' ', indent).Append(line).Append('\n');
        }
    }
}
