using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace MlHub.Sdk;

/// <summary>
/// An API key on its way from where it was found to the one handler that sends it. It prints as stars, so that no log,
/// message, interpolated string or debugger window gives it away; <see cref="Reveal"/> is the only way to its text.
/// </summary>
[DebuggerDisplay("****")]
internal sealed class ApiKey
{
    /// <summary>The longest key, in characters. Escaped in a URL it still fits into the 8 KiB that servers allow for a request line.</summary>
    internal const int MaxLength = 2048;

    private const int MostShown = 6;
    private const string Quotes = "\"'`´“”„‘’«»";

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private readonly string _text;

    private ApiKey(string text) => _text = text;

    /// <summary>
    /// Four stars and the last six characters, as <c>mlhub configure</c> has always shown a key; fewer of a short one,
    /// never more than a quarter of it.
    /// </summary>
    internal string Masked => string.Concat("****", _text.AsSpan(_text.Length - Math.Min(MostShown, _text.Length / 4)));

    /// <summary>Whether the key begins or ends with a quotation mark. Env files and shells on Windows keep the marks that other shells take off.</summary>
    internal bool IsQuoted => Quotes.Contains(_text[0], StringComparison.Ordinal) || Quotes.Contains(_text[^1], StringComparison.Ordinal);

    /// <summary>The key of this text, or null if the text is absent: null, empty or nothing but white space.</summary>
    /// <param name="text">The text, wherever it is from. All sources are read by this one rule.</param>
    /// <param name="source">Where the text is from, as the subject of a sentence. The text itself is never repeated.</param>
    /// <exception cref="MlHubException">The text cannot be a key; the message says why.</exception>
    /// <remarks>See <see cref="TryRead"/> for what is taken off the ends and what is refused.</remarks>
    internal static ApiKey? From(string? text, string source) =>
        TryRead(text, out var key, out var whyNot) ? key : throw new MlHubException($"{source} cannot be used as an API key: {whyNot}. Copy the key again.");

    /// <summary>
    /// Reads a key. White space, line ends, byte order marks and other invisible characters at its ends are no part of it: files, editors and shells add
    /// them. Inside, such characters other than spaces are refused, and so is what is too long.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="key">The key; null if the text is absent or refused.</param>
    /// <param name="whyNot">Why the text is refused; null if it is not.</param>
    /// <returns>False if the text is refused.</returns>
    internal static bool TryRead(string? text, out ApiKey? key, [NotNullWhen(false)] out string? whyNot)
    {
        var cleaned = WithoutInvisibleEnds(text);
        whyNot = WhyNot(cleaned);
        key = whyNot is null && cleaned.Length > 0 ? new ApiKey(cleaned.ToString()) : null;
        return whyNot is null;
    }

    /// <summary>The text without white space, line ends, byte order marks and other invisible characters at its ends.</summary>
    internal static ReadOnlySpan<char> WithoutInvisibleEnds(string? text)
    {
        var rest = text.AsSpan();
        while (rest.Length > 0 && IsInvisible(rest[0]))
        {
            rest = rest[1..];
        }

        while (rest.Length > 0 && IsInvisible(rest[^1]))
        {
            rest = rest[..^1];
        }

        return rest;
    }

    /// <summary>
    /// Whether a key may be sent to this address at all: over https, or over http to this machine (RFC 8252 §8.3 draws the same
    /// line: what goes to loopback never leaves the machine).
    /// </summary>
    internal static bool MayTravelTo(Uri url) =>
        url.Scheme == Uri.UriSchemeHttps || (url.Scheme == Uri.UriSchemeHttp && url.IsLoopback);

    /// <summary>The text of the key, for the handler that sends it.</summary>
    internal string Reveal() => _text;

    /// <returns>Four stars, whatever the key.</returns>
    public override string ToString() => "****";

    private static bool IsInvisible(char c) => PythonText.IsSpace(c) || char.GetUnicodeCategory(c) == UnicodeCategory.Format;

    private static string? WhyNot(ReadOnlySpan<char> text)
    {
        if (text.Length > MaxLength)
        {
            return $"it has more than {MaxLength} characters, and no key is so long";
        }

        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value is '\n' or '\r')
            {
                return "it has several lines";
            }

            // Bytes that are no text in the encoding at hand, and halves of surrogate pairs, are read as the replacement character.
            if (rune == Rune.ReplacementChar || Rune.IsControl(rune))
            {
                return "it holds a control character or bytes that are not UTF-8 text";
            }

            if (Rune.GetUnicodeCategory(rune) == UnicodeCategory.Format)
            {
                return $"it holds the invisible character U+{rune.Value:X4}";
            }
        }

        return null;
    }
}
