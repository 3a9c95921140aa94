using System.Globalization;
using System.Text;

namespace MlHub.Cli;

/// <summary>Lays out a table for a terminal. The table is not wider than the terminal, unless a single id or time is.</summary>
/// <remarks>A list may have millions of rows. Only the first ones determine the widths of the columns, and only they are kept in memory.</remarks>
internal sealed class TerminalTable(CommandEnvironment environment, IReadOnlyList<(string Heading, ColumnKind Kind)> columns)
{
    /// <summary>The number of rows that determine the widths of the columns.</summary>
    public const int MeasuredRows = 1000;

    private const string Gap = "  ";

    // A narrower column of text would be unreadable.
    private const int MinTextWidth = 12;

    private readonly List<string[]> _firstRows = [];
    private bool _started;
    private int[]? _widths;

    /// <summary>Adds a row.</summary>
    /// <returns>The text to write; empty while the first rows are collected.</returns>
    public string Add(string[] row)
    {
        string[] clean = [.. row.Select((text, index) => columns[index].Kind == ColumnKind.Numbers ? Rounded(PlainText.OneLine(text)) : PlainText.OneLine(text))];
        if (_started)
        {
            return Row(clean, isFirst: false);
        }

        _firstRows.Add(clean);
        return _firstRows.Count < MeasuredRows ? "" : Start();
    }

    /// <summary>The remaining text at the end of the list.</summary>
    public string End() => _started || _firstRows.Count == 0 ? "" : Start();

    private string Start()
    {
        _started = true;
        _widths = Widths(columns, [.. _firstRows], environment.Width());
        var table = new StringBuilder();
        if (_widths is not null)
        {
            Append(table, [.. columns.Select((column, index) => Lines(column.Heading, ColumnKind.Text, _widths[index]))], _widths, line => Bold(environment, line));
            table.Append('─', _widths.Sum() + (Gap.Length * (_widths.Length - 1))).Append('\n');
        }

        for (var index = 0; index < _firstRows.Count; index++)
        {
            table.Append(Row(_firstRows[index], isFirst: index == 0));
        }

        _firstRows.Clear();
        return table.ToString();
    }

    // If the columns do not fit, each field is on a line of its own, with an empty line between two rows.
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

    /// <summary>Lays out a single result, one field below the other. Fields are wrapped only at spaces, because they contain ids and addresses.</summary>
    public static string Fields(CommandEnvironment environment, IReadOnlyList<(string Name, string? Value)> fields)
    {
        var indent = fields.Max(field => field.Name.Length) + Gap.Length + 1;
        var width = Math.Max(environment.Width() - indent, MinTextWidth);
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
    private static int[]? Widths(IReadOnlyList<(string Heading, ColumnKind Kind)> columns, string[][] rows, int available)
    {
        int[] widths = [.. columns.Select((column, index) => Math.Max(TextWidth.Of(column.Heading), rows.Max(row => TextWidth.Of(row[index]))))];
        int[] minimums = [.. columns.Select((column, index) => Math.Max(TextWidth.Of(column.Heading), rows.Max(row => MinWidth(row[index], column.Kind))))];
        var excess = widths.Sum() + (Gap.Length * (widths.Length - 1)) - available;
        while (excess > 0)
        {
            // The widest column becomes narrower, so that the others can keep their widths.
            var widest = Enumerable.Range(0, widths.Length).Where(index => widths[index] > minimums[index]).OrderByDescending(index => widths[index]).FirstOrDefault(-1);
            if (widest < 0)
            {
                return null;
            }

            widths[widest]--;
            excess--;
        }

        return widths;
    }

    private static int MinWidth(string text, ColumnKind kind) => kind switch
    {
        ColumnKind.Text => Math.Min(TextWidth.Of(text), MinTextWidth),
        ColumnKind.WholeWords => text.Split(' ').Max(TextWidth.Of),
        ColumnKind.Numbers => Numbers(text).Max(TextWidth.Of),
        _ => TextWidth.Of(text),
    };

    private static IReadOnlyList<string> Lines(string text, ColumnKind kind, int width) => kind switch
    {
        ColumnKind.Text => [.. TextWrap.Wrap(text, width).Select(line => TextWidth.CutMiddle(line, width))],
        ColumnKind.WholeWords => TextWrap.Wrap(text, width),
        ColumnKind.Numbers => TextWrap.Join(Numbers(text), "", width),
        _ => [text],
    };

    // Four decimals of a degree are about 10 m. A pipe and JSON get all digits.
    private static string Rounded(string text) => string.Join(
        ',', text.Split(',').Select(number => double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? Math.Round(value, 4).ToString(CultureInfo.InvariantCulture) : number));

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
