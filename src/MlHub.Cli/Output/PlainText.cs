using System.Globalization;
using System.Text;

namespace MlHub.Cli;

/// <summary>Makes text that a server wrote fit for a line of a terminal.</summary>
internal static class PlainText
{
    /// <summary>
    /// The text in one line, with <c>\u001b</c> and its like written out: escape sequences could repaint the screen, and directional
    /// overrides show a name as another (Unicode TR 36 §3).
    /// </summary>
    public static string OneLine(string text)
    {
        if (!text.Any(IsHarmful))
        {
            return text;
        }

        var line = new StringBuilder(text.Length);
        foreach (var character in text.ReplaceLineEndings(" "))
        {
            if (character == '\t')
            {
                line.Append(' ');
            }
            else if (IsHarmful(character))
            {
                line.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}");
            }
            else
            {
                line.Append(character);
            }
        }

        return line.ToString();
    }

    private static bool IsHarmful(char character) =>
        char.IsControl(character) || character is '\u2028' or '\u2029' or (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069');
}
