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
        var root = MlHubCommand.Root(new CommandFactory(Mlhub.Pipe));
        var page = new StringBuilder();
        page.Append("\n## Options of every command\n\nThey can come before or after the command.\n\n");
        Table(page, root.Options.Select(Describe));
        foreach (var command in root.Subcommands.Where(command => !command.Hidden))
        {
            Write(page, command, root, "mlhub", "##");
        }

        return page.ToString();
    }

    private static void Write(StringBuilder page, Command command, Command root, string parent, string heading)
    {
        var name = $"{parent} {command.Name}";
        page.Append(System.Globalization.CultureInfo.InvariantCulture, $"\n{heading} {name}\n\n{command.Description}\n");
        var rows = command.Arguments.Select(Describe).Concat(command.Options.Select(Describe)).ToArray();
        if (rows.Length > 0)
        {
            page.Append('\n');
            Table(page, rows);
        }

        var unused = root.Options.Except(GlobalOptions.UsedBy(command, root)).ToArray();
        if (unused.Length > 0 && command.Subcommands.Count == 0)
        {
            page.Append(System.Globalization.CultureInfo.InvariantCulture, $"\nIt does not use {string.Join(", ", unused.Select(option => $"`{option.Name}`"))}.\n");
        }

        if (Examples.Of(command) is { } examples)
        {
            page.Append(System.Globalization.CultureInfo.InvariantCulture, $"\n```text\n{examples.TrimEnd()}\n```\n");
        }

        foreach (var subcommand in command.Subcommands)
        {
            Write(page, subcommand, root, name, $"{heading}#");
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
        (HelpPage.Name(argument), argument.Description);

    private static (string Name, string? Text) Describe(Option option) =>
        (HelpPage.Name(option), option.Description);

    private static string Escape(string text) => text.Replace("|", "\\|", StringComparison.Ordinal).Replace("__", "\\_\\_", StringComparison.Ordinal);
}
