using System.Buffers;
using System.Globalization;
using System.Text;

namespace MlHub.Cli;

/// <summary>Makes text from a server safe for a terminal.</summary>
internal static class PlainText
{
    // Other control characters are white space between tokens, or not valid JSON.
    private static readonly SearchValues<char> HarmfulInJson =
        SearchValues.Create([.. Enumerable.Range('\u007f', '\u2069' - '\u007f' + 1).Select(code => (char)code).Where(IsHarmful)]);

    /// <summary>
    /// The text in one line, with control characters written out (<c>\u001b</c>). Escape sequences could change the screen, and directional
    /// overrides could show a name as another one (Unicode TR 36 §3).
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
            else
            {
                line.Append(Visible(character));
            }
        }

        return line.ToString();
    }

    /// <summary>A name or a path, with every control character written out, so that two different names look different.</summary>
    public static string Name(string name) => name.Any(IsHarmful) ? string.Concat(name.Select(Visible)) : name;

    /// <summary>
    /// The same JSON, with characters that could harm a terminal written as escapes. A server may send U+0080 to U+009F and directional
    /// overrides in strings (RFC 8259 §7).
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
            harmless.Append(HarmfulInJson.Contains(character) ? Visible(character) : character.ToString());
        }

        return harmless.ToString();
    }

    /// <summary>Text for a terminal. Line ends are kept.</summary>
    public static string Lines(ReadOnlySpan<char> text)
    {
        var lines = new StringBuilder(text.Length);
        for (var index = 0; index < text.Length; index++)
        {
            var character = text[index];
            var isLineEnd = character == '\n' || (character == '\r' && index + 1 < text.Length && text[index + 1] == '\n');
            lines.Append(isLineEnd || character == '\t' ? character.ToString() : Visible(character));
        }

        return lines.ToString();
    }

    private static string Visible(char character) =>
        IsHarmful(character) ? string.Create(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}") : character.ToString();

    // Control characters, line separators, and all characters that change the direction of text (Bidi_Control of Unicode).
    private static bool IsHarmful(char character) =>
        char.IsControl(character)
        || character is '\u061c' or '\u200e' or '\u200f' or '\u2028' or '\u2029' or (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069');
}
