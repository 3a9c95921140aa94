using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace MlHub.Sdk;

/// <summary>
/// An API key. Its text representation is masked, so that no log, message, interpolated string or debugger window reveals it. Only <see cref="Reveal"/> returns
/// its text, for the one handler that sends it.
/// </summary>
[DebuggerDisplay("****")]
internal sealed class ApiKey
{
    /// <summary>The maximum length of a key, in characters. Escaped in a URL, it still fits into the 8 KiB that servers allow for a request line.</summary>
    internal const int MaxLength = 2048;

    private const int MostShown = 6;
    private const string Quotes = "\"'`´“”„‘’«»";

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private readonly string _text;

    private ApiKey(string text) => _text = text;

    /// <summary>
    /// Four stars and the last six characters, as <c>mlhub configure</c> has always shown a key, or fewer characters if six are more than a quarter of the key.
    /// </summary>
    internal string Masked => string.Concat("****", _text.AsSpan(_text.Length - Math.Min(MostShown, _text.Length / 4)));

    /// <summary>
    /// Whether the key begins or ends with a quotation mark. Env files and shells on Windows keep the quotation marks that other shells remove.
    /// </summary>
    internal bool IsQuoted => Quotes.Contains(_text[0], StringComparison.Ordinal) || Quotes.Contains(_text[^1], StringComparison.Ordinal);

    /// <summary>The key in this text, or null if the text is null, empty or white space.</summary>
    /// <param name="text">The text. All sources are read by the same rule.</param>
    /// <param name="source">The source of the text, as the subject of a sentence. The text itself is never repeated.</param>
    /// <exception cref="MlHubException">The text is not a valid key. The message says why.</exception>
    /// <remarks><see cref="TryRead"/> documents which characters are trimmed and which are rejected.</remarks>
    internal static ApiKey? From(string? text, string source) =>
        TryRead(text, out var key, out var whyNot) ? key : throw new MlHubException($"{source} cannot be used: {whyNot}. Copy the key again.");

    /// <summary>
    /// Reads a key. White space, line ends, byte order marks and other invisible characters at its ends are trimmed, because files, editors and shells add
    /// them. Such characters inside the key, except spaces, and keys that are too long are rejected.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="key">The key. Null if the text is absent or rejected.</param>
    /// <param name="whyNot">The reason why the text is rejected. Null if it is not.</param>
    /// <returns>False if the text is rejected.</returns>
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
    /// Whether a key may be sent to this address: over https, or over http to this machine. RFC 8252 §8.3 makes the same distinction, because requests to
    /// loopback never leave the machine.
    /// </summary>
    internal static bool MayBeSentTo(Uri url) =>
        url.Scheme == Uri.UriSchemeHttps || (url.Scheme == Uri.UriSchemeHttp && url.IsLoopback);

    /// <summary>The text of the key, for the handler that sends it.</summary>
    internal string Reveal() => _text;

    /// <returns>Four stars, for every key.</returns>
    public override string ToString() => "****";

    private static bool IsInvisible(char c) => PythonText.IsSpace(c) || char.GetUnicodeCategory(c) == UnicodeCategory.Format;

    private static string? WhyNot(ReadOnlySpan<char> text)
    {
        if (text.Length > MaxLength)
        {
            return $"it has more than {MaxLength} characters, which is the maximum";
        }

        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value is '\n' or '\r')
            {
                return "it has several lines";
            }

            // Invalid bytes in the encoding, and unpaired surrogates, are read as the replacement character.
            if (rune == Rune.ReplacementChar || Rune.IsControl(rune))
            {
                return "it contains a control character or bytes that are not UTF-8 text";
            }

            if (Rune.GetUnicodeCategory(rune) == UnicodeCategory.Format)
            {
                return $"it contains the invisible character U+{rune.Value:X4}";
            }
        }

        return null;
    }
}
