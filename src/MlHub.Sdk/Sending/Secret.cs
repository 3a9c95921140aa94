using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace MlHub.Sdk;

/// <summary>A text that no message may show, in whatever spelling a server echoes it.</summary>
internal sealed partial class Secret(string text)
{
    /// <summary>As many layers of escapes as are looked behind.</summary>
    private const int MaxLayers = 4;

    /// <summary>A secret of fewer characters may be part of an innocent word.</summary>
    private const int MinUnmistakable = 8;

    private readonly Regex[] _spellings = Spellings(text);

    /// <summary>A text with the secret replaced by <c>***</c>; all of it, where the secret is there in a spelling that hides it.</summary>
    internal string Scrub(string words)
    {
        foreach (var spelling in _spellings)
        {
            words = spelling.Replace(words, "***");
        }

        return IsIn(words) ? "***" : words;
    }

    /// <summary>Whether the secret is in a text, as it is or behind up to four layers of what URLs, HTML and JSON escape.</summary>
    internal bool IsIn(string words)
    {
        for (var layer = 0; layer <= MaxLayers; layer++)
        {
            if (_spellings.Any(spelling => spelling.IsMatch(words)))
            {
                return true;
            }

            var decoded = Undo(words);
            if (decoded == words)
            {
                return false;
            }

            words = decoded;
        }

        return false;
    }

    /// <summary>The spellings in which servers echo a secret. A short one counts only where no letter or digit touches it.</summary>
    private static Regex[] Spellings(string secret)
    {
        var isShort = secret.Length < MinUnmistakable;
        string[] spellings =
            [secret, Uri.EscapeDataString(secret), WebUtility.UrlEncode(secret), WebUtility.HtmlEncode(secret), JsonEncodedText.Encode(secret).ToString()];
        return [.. spellings
            .Concat(Undone(secret))
            .Distinct(StringComparer.OrdinalIgnoreCase)
            .OrderByDescending(spelling => spelling.Length)
            .Select(Regex.Escape)
            .Select(spelling => new Regex(isShort ? $"(?<![A-Za-z0-9]){spelling}(?![A-Za-z0-9])" : spelling, RegexOptions.IgnoreCase | RegexOptions.CultureInvariant))];
    }

    /// <summary>What is left of a secret that itself looks escaped, such as <c>x%41</c>, when the text around it is undone.</summary>
    private static IEnumerable<string> Undone(string secret)
    {
        for (var layer = 0; layer < MaxLayers && Undo(secret) is var undone && undone != secret && undone.Length >= MinUnmistakable; layer++)
        {
            yield return secret = undone;
        }
    }

    private static string Undo(string text) => Uri.UnescapeDataString(WebUtility.HtmlDecode(JsonEscape().Replace(text, Unescaped)));

    private static string Unescaped(Match escape) => escape.ValueSpan[1] switch
    {
        'u' => ((char)ushort.Parse(escape.ValueSpan[2..], NumberStyles.HexNumber, CultureInfo.InvariantCulture)).ToString(),
        var escaped => escaped.ToString(),
    };

    /// <summary>The escapes of RFC 8259 §7 that a visible character may be behind: PHP writes <c>\/</c>.</summary>
    [GeneratedRegex("""\\(?:u[0-9a-fA-F]{4}|["\\/])""")]
    private static partial Regex JsonEscape();
}
