using System.Text;

namespace MlHub.Cli;

/// <summary>Tables as a terminal shows them. They are never wider than it, as long as each id and each time has room on a line.</summary>
/// <remarks>A list may have millions of rows: the first ones decide how wide the columns are, and no others are kept.</remarks>
internal sealed class TerminalTable(CommandEnvironment environment, IReadOnlyList<(string Heading, ColumnKind Kind)> columns)
{
    /// <summary>How many rows decide how wide the columns are.</summary>
    public const int Measured = 1000;

    private const string Gap = "  ";

    // A column of text that is narrower is of no use.
    private const int LeastText = 12;

    private readonly List<string[]> _first = [];
    private bool _begun;
    private int[]? _widths;

    /// <summary>Adds a row: one thing.</summary>
    /// <returns>The text that can be written now; empty while the columns are measured.</returns>
    public string Add(string[] row)
    {
        string[] clean = [.. row.Select(PlainText.OneLine)];
        if (_begun)
        {
            return Row(clean, isFirst: false);
        }

        _first.Add(clean);
        return _first.Count < Measured ? "" : Begin();
    }

    /// <summary>The text that is left when the list ends.</summary>
    public string End() => _begun || _first.Count == 0 ? "" : Begin();

    private string Begin()
    {
        _begun = true;
        _widths = Widths(columns, [.. _first], environment.Width());
        var table = new StringBuilder();
        if (_widths is not null)
        {
            Append(table, [.. columns.Select((column, index) => Lines(column.Heading, ColumnKind.Text, _widths[index]))], _widths, line => Bold(environment, line));
            table.Append('─', _widths.Sum() + (Gap.Length * (_widths.Length - 1))).Append('\n');
        }

        for (var index = 0; index < _first.Count; index++)
        {
            table.Append(Row(_first[index], isFirst: index == 0));
        }

        _first.Clear();
        return table.ToString();
    }

    // If the columns do not fit beside each other, they are below each other, and an empty line is between two rows.
    private string Row(string[] row, bool isFirst)
    {
        if (_widths is null)
        {
            return (isFirst ? "" : "\n") + Fields(environment, [.. columns.Select((column, index) => (column.Heading, (string?)row[index]))]);
        }

        var table = new StringBuilder();
        Append(table, [.. columns.Select((column, index) => Lines(row[index], column.Kind, _widths[index]))], _widths, line => line);
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
            grid.Append(Bold(environment, name)).Append(' ', indent - name.Length).Append(lines[0]).Append('\n');
            foreach (var line in lines.Skip(1))
            {
                grid.Append(' ', indent).Append(line).Append('\n');
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
            table.Append(style(line.TrimEnd())).Append('\n');
        }
    }

    private static string Bold(CommandEnvironment environment, string text) => environment.Colours ? $"\u001b[1m{text}\u001b[0m" : text;
}
