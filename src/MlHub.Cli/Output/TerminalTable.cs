using System.Text;

namespace MlHub.Cli;

/// <summary>Tables as a terminal shows them. They are never wider than it, as long as each id and each time has room on a line.</summary>
internal static class TerminalTable
{
    private const string Gap = "  ";

    // A column of text that is narrower is of no use.
    private const int LeastText = 12;

    /// <summary>Things, one in each row; below each other if the columns do not fit beside each other.</summary>
    public static string Of(CommandEnvironment environment, IReadOnlyList<(string Heading, ColumnKind Kind)> columns, IReadOnlyList<string[]> rows)
    {
        if (rows.Count == 0)
        {
            return "";
        }

        string[][] clean = [.. rows.Select(row => row.Select(PlainText.OneLine).ToArray())];
        if (Widths(columns, clean, environment.Width()) is not { } widths)
        {
            return string.Join('\n', clean.Select(row => Fields(environment, [.. columns.Select((column, index) => (column.Heading, (string?)row[index]))])));
        }

        var table = new StringBuilder();
        Append(table, [.. columns.Select((column, index) => Lines(column.Heading, ColumnKind.Text, widths[index]))], widths, line => Bold(environment, line));
        table.AppendLine(new string('─', widths.Sum() + (Gap.Length * (widths.Length - 1))), "\n");
        foreach (var row in clean)
        {
            Append(table, [.. columns.Select((column, index) => Lines(row[index], column.Kind, widths[index]))], widths, line => line);
        }

        return table.ToString();
    }

    /// <summary>One thing, a field in each row. A field is broken at spaces only: it holds ids and addresses.</summary>
    public static string Fields(CommandEnvironment environment, IReadOnlyList<(string Name, string? Value)> fields)
    {
        var indent = fields.Max(field => field.Name.Length) + Gap.Length + 1;
        var width = Math.Max(environment.Width() - indent, LeastText);
        var grid = new StringBuilder();
        foreach (var (name, value) in fields)
        {
            var lines = TextWrap.Wrap(PlainText.OneLine(value ?? ""), width);
            grid.Append(Bold(environment, name)).Append(' ', indent - name.Length).AppendLine(lines[0], "\n");
            foreach (var line in lines.Skip(1))
            {
                grid.Append(' ', indent).AppendLine(line, "\n");
            }
        }

        return grid.ToString();
    }

    /// <summary>The widths of the columns; null if they do not fit.</summary>
    private static int[]? Widths(IReadOnlyList<(string Heading, ColumnKind Kind)> columns, string[][] rows, int room)
    {
        int[] widths = [.. columns.Select((column, index) => Math.Max(TextWidth.Of(column.Heading), rows.Max(row => TextWidth.Of(row[index]))))];
        int[] least = [.. columns.Select((column, index) => Math.Max(TextWidth.Of(column.Heading), rows.Max(row => Least(row[index], column.Kind))))];
        var excess = widths.Sum() + (Gap.Length * (widths.Length - 1)) - room;
        while (excess > 0)
        {
            // The widest column of those that can be narrower: the others may then stay as they are.
            var widest = Enumerable.Range(0, widths.Length).Where(index => widths[index] > least[index]).OrderByDescending(index => widths[index]).FirstOrDefault(-1);
            if (widest < 0)
            {
                return null;
            }

            widths[widest]--;
            excess--;
        }

        return widths;
    }

    private static int Least(string text, ColumnKind kind) => kind switch
    {
        ColumnKind.Text => Math.Min(TextWidth.Of(text), LeastText),
        ColumnKind.Numbers => Numbers(text).Max(TextWidth.Of),
        _ => TextWidth.Of(text),
    };

    private static IReadOnlyList<string> Lines(string text, ColumnKind kind, int width) => kind switch
    {
        ColumnKind.Text => [.. TextWrap.Wrap(text, width).Select(line => TextWidth.CutMiddle(line, width))],
        ColumnKind.Numbers => TextWrap.Join(Numbers(text), "", width),
        _ => [text],
    };

    private static string[] Numbers(string text)
    {
        var numbers = text.Split(',');
        return [.. numbers.Select((number, index) => index < numbers.Length - 1 ? $"{number}," : number)];
    }

    private static void Append(StringBuilder table, IReadOnlyList<string>[] cells, int[] widths, Func<string, string> style)
    {
        for (var index = 0; index < cells.Max(cell => cell.Count); index++)
        {
            var line = string.Join(Gap, cells.Select((cell, column) => TextWidth.Pad(index < cell.Count ? cell[index] : "", widths[column])));
            table.AppendLine(style(line.TrimEnd()), "\n");
        }
    }

    private static string Bold(CommandEnvironment environment, string text) => environment.Colours ? $"\u001b[1m{text}\u001b[0m" : text;

    // AppendLine of StringBuilder would end a line as the system does.
    private static void AppendLine(this StringBuilder text, string line, string end) => text.Append(line).Append(end);
}
