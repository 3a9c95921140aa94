using System.Buffers;
using System.Globalization;
using System.Text;

namespace MlHub.Cli;

/// <summary>Makes text that a server wrote fit for a line of a terminal.</summary>
internal static class PlainText
{
    // Raw, the others of the control characters are whitespace between tokens, or no JSON.
    private static readonly SearchValues<char> HarmfulInJson =
        SearchValues.Create([.. Enumerable.Range('\u007f', '\u2069' - '\u007f' + 1).Select(code => (char)code).Where(IsHarmful)]);

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

    /// <summary>
    /// JSON that says the same, with what could do harm on a terminal written as escapes. A server may send U+0080 to U+009F and directional
    /// overrides raw in a string (RFC 8259 §7), and nowhere else.
    /// </summary>
    /// <param name="json">Valid JSON.</param>
    public static string Json(string json)
    {
        if (!json.AsSpan().ContainsAny(HarmfulInJson))
        {
            return json;
        }

        var harmless = new StringBuilder(json.Length);
        foreach (var character in json)
        {
            _ = HarmfulInJson.Contains(character) ? harmless.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}") : harmless.Append(character);
        }

        return harmless.ToString();
    }

    /// <summary>Text for a terminal whose lines stay lines.</summary>
    public static string Lines(ReadOnlySpan<char> text)
    {
        var lines = new StringBuilder(text.Length);
        for (var index = 0; index < text.Length; index++)
        {
            var character = text[index];
            var isLineEnd = character == '\n' || (character == '\r' && index + 1 < text.Length && text[index + 1] == '\n');
            _ = isLineEnd || character == '\t' || !IsHarmful(character)
                ? lines.Append(character)
                : lines.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}");
        }

        return lines.ToString();
    }

    private static bool IsHarmful(char character) =>
        char.IsControl(character) || character is '\u2028' or '\u2029' or (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069');
}
