namespace MlHub.Cli;

/// <summary>Breaks text into lines at spaces, and never in the middle of a word.</summary>
internal static class TextWrap
{
    /// <summary>The lines of a text, at least one. A word that is wider than a line has a line of its own.</summary>
    public static IReadOnlyList<string> Wrap(string text, int width) => Join(text.Split(' ', StringSplitOptions.RemoveEmptyEntries), " ", width);

    /// <summary>Joins pieces into lines that are not wider than a width.</summary>
    public static IReadOnlyList<string> Join(IReadOnlyList<string> pieces, string between, int width)
    {
        var lines = new List<string>();
        var line = "";
        foreach (var piece in pieces)
        {
            if (line.Length > 0 && TextWidth.Of(line) + between.Length + TextWidth.Of(piece) > width)
            {
                lines.Add(line);
                line = piece;
            }
            else
            {
                line = line.Length == 0 ? piece : $"{line}{between}{piece}";
            }
        }

        lines.Add(line);
        return lines;
    }
}
