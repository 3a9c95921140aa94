using System.CommandLine;
using System.Text;

namespace MlHub.Cli.Tests;

/// <summary>Writes the part of docs/commands.md that describes each command, from the texts of its help.</summary>
internal static class CommandReference
{
    /// <summary>The line after which this class writes the page.</summary>
    public const string Mark = "<!-- The rest of this page comes from the help texts. See tests/MlHub.Cli.Tests/Help/CommandReference.cs. -->\n";

    public static string Write()
    {
        var root = MlHubCommand.Root(new CommandShell(Mlhub.Pipe));
        var page = new StringBuilder();
        page.Append("\n## Options of every command\n\nThey can come before or after the command.\n\n");
        Table(page, root.Options.Select(Describe));
        foreach (var command in root.Subcommands)
        {
            Write(page, command, "mlhub", "##");
        }

        return page.ToString();
    }

    private static void Write(StringBuilder page, Command command, string parent, string heading)
    {
        var name = $"{parent} {command.Name}";
        page.Append(System.Globalization.CultureInfo.InvariantCulture, $"\n{heading} {name}\n\n{command.Description}\n");
        var rows = command.Arguments.Select(Describe).Concat(command.Options.Select(Describe)).ToArray();
        if (rows.Length > 0)
        {
            page.Append('\n');
            Table(page, rows);
        }

        if (Examples.Of(command) is { } examples)
        {
            page.Append(System.Globalization.CultureInfo.InvariantCulture, $"\n```text\n{examples.TrimEnd()}\n```\n");
        }

        foreach (var subcommand in command.Subcommands)
        {
            Write(page, subcommand, name, $"{heading}#");
        }
    }

    private static void Table(StringBuilder page, IEnumerable<(string Name, string? Text)> rows)
    {
        page.Append("| argument or option | meaning |\n|---|---|\n");
        foreach (var (name, text) in rows)
        {
            page.Append(System.Globalization.CultureInfo.InvariantCulture, $"| `{Escape(name)}` | {Escape(text ?? "")} |\n");
        }
    }

    private static (string Name, string? Text) Describe(Argument argument) =>
        (argument.Arity.MaximumNumberOfValues > 1 ? $"{argument.Name}…" : argument.Name, argument.Description);

    private static (string Name, string? Text) Describe(Option option) =>
        (string.Join(", ", option.Aliases.Order(StringComparer.Ordinal).Append(option.Name)) + (option.HelpName is null ? "" : $" {option.HelpName}"), option.Description);

    private static string Escape(string text) => text.Replace("|", "\\|", StringComparison.Ordinal).Replace("__", "\\_\\_", StringComparison.Ordinal);
}
