using System.Buffers;
using System.Text;

namespace MlHub.Cli;

/// <summary>Removes white space from JSON and nothing else: digits, escapes and repeated names stay as the server wrote them.</summary>
internal static class CompactJson
{
    private static readonly SearchValues<char> TextOrSpace = SearchValues.Create("\" \t\r\n");

    /// <param name="json">One valid JSON value.</param>
    public static string Of(string json)
    {
        var compact = new StringBuilder(json.Length);
        var rest = json.AsSpan();
        while (rest.IndexOfAny(TextOrSpace) is >= 0 and var found)
        {
            var kept = rest[found] == '"' ? found + TextLength(rest[found..]) : found;
            compact.Append(rest[..kept]);
            rest = rest[kept..].TrimStart(" \t\r\n");
        }

        return compact.Append(rest).ToString();
    }

    /// <summary>The length of a text, its quotation marks included.</summary>
    private static int TextLength(ReadOnlySpan<char> text)
    {
        var end = 1;
        while (text[end..].IndexOfAny('"', '\\') is var found && text[end + found] == '\\')
        {
            end += found + 2;
        }

        return end + text[end..].IndexOf('"') + 1;
    }
}
