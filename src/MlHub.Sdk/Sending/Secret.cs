using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace MlHub.Sdk;

/// <summary>A text that no message may contain, in any encoding in which a server may echo it.</summary>
/// <remarks>
/// These encodings are recognized, in upper or lower case and nested in each other: plain text; escaped for URLs, HTML, JSON, JavaScript, C, CSS or mail; full-width
/// letters; a hex dump; base64, also within a longer text; interrupted by white space, soft hyphens or invisible characters. For a secret of fewer than eight characters, only the
/// first two are recognized, and only if no letter or digit is next to it, because it may be part of an ordinary word.
/// </remarks>
internal sealed partial class Secret
{
    /// <summary>
    /// The maximum number of times that nested escapes are decoded. A text that still changes after that is considered malicious, and counts as containing the
    /// secret.
    /// </summary>
    private const int MaxLayers = 16;

    /// <summary>The maximum number of times that nested dumps are decoded.</summary>
    private const int MaxDumps = 2;

    private const int MinLengthForAllEncodings = 8;
    private const string Stars = "***";

    private readonly bool _isShort;

    // No encoding is shorter than what it encodes.
    private readonly int _least;
    private readonly Regex _spellings;

    /// <param name="text">The secret.</param>
    internal Secret(string text)
    {
        _isShort = text.Length < MinLengthForAllEncodings;
        string[] spellings = [.. Spellings(text).Distinct(StringComparer.OrdinalIgnoreCase)];
        var any = string.Join('|', spellings.Concat(_isShort ? [] : spellings.SelectMany(InBase64)).OrderByDescending(spelling => spelling.Length).Select(Regex.Escape));
        _least = spellings.Min(spelling => spelling.Length);
        _spellings = new Regex(_isShort ? $"(?<![A-Za-z0-9])(?:{any})(?![A-Za-z0-9])" : any, RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);
    }

    /// <summary>
    /// The text with the secret replaced by <c>***</c>. If the exact place of the secret is unclear because of its encoding, the whole text is replaced.
    /// </summary>
    internal string Scrub(string words)
    {
        if (words.Length < _least)
        {
            return words;
        }

        words = _spellings.Replace(words, Stars);
        if (!_isShort)
        {
            words = HexDump().Replace(words, dump => IsIn(dump.Value) ? Stars : dump.Value);
            words = Base64().Replace(words, run => IsIn(run.Value) ? Stars : run.Value);
        }

        return IsIn(words) ? Stars : words;
    }

    /// <summary>Whether a text contains the secret, in any of the encodings above.</summary>
    internal bool IsIn(string words) => words.Length >= _least && IsIn(words, MaxDumps);

    private bool IsIn(string words, int dumps)
    {
        for (var layer = 0; layer < MaxLayers; layer++)
        {
            if (Readings(words).Any(IsSpelledIn) || (!_isShort && dumps > 0 && Dumped(words).Any(text => IsIn(text, dumps - 1))))
            {
                return true;
            }

            var undone = Undo(words);
            if (undone == words)
            {
                return false;
            }

            words = undone;
        }

        return true;
    }

    private bool IsSpelledIn(string words) =>
        _spellings.IsMatch(words) || (!_isShort && Squeeze(words) is var squeezed && !ReferenceEquals(squeezed, words) && _spellings.IsMatch(squeezed));

    /// <summary>The encodings in which the secret can be replaced while the surrounding text is kept.</summary>
    private static IEnumerable<string> Spellings(string secret) =>
    [
        secret,
        Uri.EscapeDataString(secret),
        WebUtility.UrlEncode(secret),
        WebUtility.HtmlEncode(secret),
        JsonEncodedText.Encode(secret).ToString(),

        // .NET decodes status lines and headers as Latin-1.
        Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(secret)),
        .. Squeeze(secret) is { Length: >= MinLengthForAllEncodings } squeezed ? [squeezed] : Array.Empty<string>(),
        .. Undone(secret),
    ];

    /// <summary>
    /// The secret in base64, which may begin at any of the three positions in a group. Characters that depend on the neighbouring bytes are left out. A host
    /// name or a log may have lost the case, so that the text cannot be decoded.
    /// </summary>
    private static IEnumerable<string> InBase64(string spelling)
    {
        var bytes = Encoding.UTF8.GetBytes(spelling);
        for (var before = 0; before < 3; before++)
        {
            var text = Convert.ToBase64String([.. new byte[before], .. bytes]).TrimEnd('=');
            text = text[(before == 0 ? 0 : before + 1)..((before + bytes.Length) % 3 == 0 ? text.Length : text.Length - 1)];
            yield return text;
            yield return text.Replace('+', '-').Replace('/', '_');
        }
    }

    /// <summary>The decoded form of a secret that itself looks escaped, such as <c>x%41</c>, after the surrounding text is decoded.</summary>
    private static IEnumerable<string> Undone(string secret)
    {
        for (var layer = 0; layer < MaxLayers && Undo(secret) is var undone && undone != secret && undone.Length >= MinLengthForAllEncodings; layer++)
        {
            yield return secret = undone;
        }
    }

    /// <summary>The texts that hex dumps and base64 in a text may represent. Neither shows at which character it begins.</summary>
    private IEnumerable<string> Dumped(string words)
    {
        foreach (Match dump in HexDump().Matches(words))
        {
            var digits = NoDigit().Replace(dump.Value, "");
            if (digits.Length / 2 >= _least)
            {
                yield return FromHex(digits);
                yield return FromHex(digits[1..]);
            }
        }

        foreach (Match run in Base64().Matches(Squeeze(words)))
        {
            var text = run.Value.Replace('-', '+').Replace('_', '/');
            for (var start = 0; start < 4 && text.Length * 3 / 4 >= _least; start++)
            {
                yield return FromBase64(text[start..]);
            }
        }
    }

    private static string FromHex(string digits) => Encoding.UTF8.GetString(Convert.FromHexString(digits[..(digits.Length & ~1)]));

    private static string FromBase64(string text) =>
        Encoding.UTF8.GetString(Convert.FromBase64String(text.Length % 4 == 1 ? text[..^1] : text.PadRight((text.Length + 3) & ~3, '=')));

    /// <summary>
    /// A text, and what it says in CSS and in mail (RFC 2045 §6.7). They contradict other escapes: <c>\101</c> is A in C and ā in CSS, and <c>=6B</c> may be the value
    /// of a parameter. So only the secret is looked for in these readings, and nothing goes on from them.
    /// </summary>
    private static IEnumerable<string> Readings(string text)
    {
        yield return text;
        if (CssEscape().Replace(text, UnescapedCss) is var css && !ReferenceEquals(css, text))
        {
            yield return css;
        }

        if (MailEscape().Replace(text, UnescapedMail) is var mail && !ReferenceEquals(mail, text))
        {
            yield return mail;
        }
    }

    private static string Undo(string text) => Uri.UnescapeDataString(WebUtility.HtmlDecode(Escape().Replace(FullWidth().Replace(ReadAsLatin1().Replace(text, AsUtf8), Narrow), Unescaped)));

    private static string UnescapedCss(Match escape) =>
        escape.Groups["code"] is { Success: true } code ? Character(int.Parse(code.ValueSpan, NumberStyles.HexNumber, CultureInfo.InvariantCulture)) : escape.Value[1..];

    private static string UnescapedMail(Match escape) =>
        char.IsAsciiHexDigit(escape.Value[^1]) ? FromHex(escape.Value.Replace("=", "", StringComparison.Ordinal)) : "";

    private static string AsUtf8(Match run) =>
        Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(run.Value)) is var text && text.Contains('\uFFFD', StringComparison.Ordinal) ? run.Value : text;

    private static string Narrow(Match letters) => string.Concat(letters.Value.Select(letter => (char)(letter - '！' + '!')));

    private static string Unescaped(Match escape) => escape.Value switch
    {
        [_, 'u' or 'U' or 'x', .. var digits] => Character(int.Parse(digits.Trim('{', '}'), NumberStyles.HexNumber, CultureInfo.InvariantCulture)),
        [_, >= '0' and <= '3', ..] octal => Encoding.UTF8.GetString([.. octal.Split('\\')[1..].Select(digits => Convert.ToByte(digits, 8))]),
        var other => other[1..],
    };

    private static string Character(int code) => Rune.IsValid(code) ? new Rune(code).ToString() : code is >= 0 and <= char.MaxValue ? ((char)code).ToString() : "";

    /// <summary>The text without characters that break up words and are invisible or hardly visible.</summary>
    private static string Squeeze(string text) => Breaks().Replace(text, "");

    /// <summary>
    /// The escapes of RFC 8259 §7 that can represent a visible character (PHP writes <c>\/</c>), those of C and JavaScript (<c>\x41</c>, <c>\101</c>,
    /// <c>\u{41}</c>, <c>\U00000041</c>), and <c>%u0041</c>.
    /// </summary>
    [GeneratedRegex("""\\(?:u[0-9a-fA-F]{4}|u\{[0-9a-fA-F]{1,6}\}|U[0-9a-fA-F]{8}|x[0-9a-fA-F]{2}|["'\\/])|(?:\\[0-3][0-7]{2})+|%u[0-9a-fA-F]{4}""")]
    private static partial Regex Escape();

    /// <summary>CSS Syntax 3 §4.3.7: up to six digits, which a space may end. Any other character stands for itself.</summary>
    [GeneratedRegex(@"\\(?:(?<code>[0-9a-fA-F]{1,6})\s?|.)", RegexOptions.ExplicitCapture)]
    private static partial Regex CssEscape();

    /// <summary>Bytes, and the end of a line that goes on. Our messages have a space in place of each line end.</summary>
    [GeneratedRegex(@"(?:=[0-9a-fA-F]{2})+|=\s+", RegexOptions.ExplicitCapture)]
    private static partial Regex MailEscape();

    /// <summary>UTF-8 that was read as Latin-1, as .NET reads status lines and headers.</summary>
    [GeneratedRegex("(?:[\u00C2-\u00F4][\u0080-\u00BF]{1,3})+")]
    private static partial Regex ReadAsLatin1();

    /// <summary>U+FF01 to U+FF5E are ASCII in the width of Chinese characters. <c>string.Normalize</c> would do nothing in programs without ICU.</summary>
    [GeneratedRegex("[！-～]+")]
    private static partial Regex FullWidth();

    /// <summary>Eight bytes or more, such as <c>73-33-63…</c> of .NET's messages. In an address, .NET makes <c>/73%20/33</c> of <c>\73 \33</c>.</summary>
    [GeneratedRegex(@"(?:(?:0x|\\x)?[0-9a-fA-F]{2}[\s,:/-]*){7,}(?:0x|\\x)?[0-9a-fA-F]{2}")]
    private static partial Regex HexDump();

    [GeneratedRegex(@"0x|[^0-9a-fA-F]")]
    private static partial Regex NoDigit();

    /// <summary>Eight bytes or more, in either alphabet (RFC 4648 §4, §5).</summary>
    [GeneratedRegex("[A-Za-z0-9+/_-]{11,}")]
    private static partial Regex Base64();

    [GeneratedRegex(@"[\s\p{Cf}\p{Cc}\p{Mn}]+")]
    private static partial Regex Breaks();
}
