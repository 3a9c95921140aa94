using System.Runtime.CompilerServices;
using Spectre.Console;

namespace MlHub.Cli;

/// <summary>Tables as a terminal shows them. Spectre.Console is loaded when the first is drawn, and not before.</summary>
internal static class TerminalTable
{
    /// <summary>Things, one a row.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static string Of(CommandEnvironment environment, string[] headings, IReadOnlyList<string[]> rows)
    {
        if (rows.Count == 0)
        {
            return "";
        }

        var table = new Table().Border(TableBorder.Simple);
        foreach (var heading in headings)
        {
            // Ids are copied from here: whatever else has to be broken, they stay in one piece as long as they can.
            table.AddColumn(new TableColumn(Cell(heading)) { NoWrap = heading == headings[0] });
        }

        foreach (var row in rows)
        {
            table.AddRow(row.Select(Cell));
        }

        return Draw(environment, table);
    }

    /// <summary>One thing, a field a row.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static string Fields(CommandEnvironment environment, IReadOnlyList<(string Name, string? Value)> fields)
    {
        var grid = new Grid().AddColumn(new GridColumn().NoWrap().PadRight(3)).AddColumn();
        foreach (var (name, value) in fields)
        {
            grid.AddRow(new Text(name, new Style(decoration: Decoration.Bold)), Cell(value ?? ""));
        }

        return Draw(environment, grid);
    }

    // Text and not markup: a title may hold [brackets].
    private static Text Cell(string text) => new(PlainText.OneLine(text));

    private static string Draw(CommandEnvironment environment, Spectre.Console.Rendering.IRenderable renderable)
    {
        var drawn = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = environment.Colours ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = environment.Colours ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(drawn),
        });
        console.Profile.Width = environment.Width;
        console.Profile.Capabilities.Unicode = true;
        console.Write(renderable);
        return drawn.ToString();
    }
}
