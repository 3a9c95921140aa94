using System.Diagnostics;

namespace MlHub.Sdk;

/// <summary>
/// An API key on its way from where it was found to the one handler that sends it. It prints as stars, so that no log,
/// message, interpolated string or debugger window gives it away; <see cref="Reveal"/> is the only way to its text.
/// </summary>
[DebuggerDisplay("****")]
internal sealed class ApiKey
{
    private const int MostShown = 6;

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private readonly string _text;

    private ApiKey(string text) => _text = text;

    /// <summary>
    /// Four stars and the last six characters, as <c>mlhub configure</c> has always shown a key; fewer of a short one,
    /// never more than a quarter of it.
    /// </summary>
    internal string Masked => string.Concat("****", _text.AsSpan(_text.Length - Math.Min(MostShown, _text.Length / 4)));

    /// <summary>The key of this text, or null where the text is absent: null, empty or nothing but whitespace.</summary>
    /// <remarks>
    /// Whitespace at the ends goes. The Python client takes the environment as it is and so sends the newline at the end of a
    /// secret that was read from a file; a profiles file loses it in either client. No key begins or ends with whitespace.
    /// </remarks>
    internal static ApiKey? From(string? text)
    {
        string stripped = PythonText.Strip(text ?? "");
        return stripped.Length == 0 ? null : new ApiKey(stripped);
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
}
