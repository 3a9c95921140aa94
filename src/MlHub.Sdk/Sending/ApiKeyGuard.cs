using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace MlHub.Sdk;

/// <summary>
/// Knows the key and the one place where it may go: the query parameter <c>key</c> of requests under the root URL, over https or to loopback.
/// </summary>
internal sealed partial class ApiKeyGuard
{
    private const string Parameter = "key";

    /// <summary>As many layers of escapes as are looked behind.</summary>
    private const int MaxLayers = 4;

    /// <summary>A key of fewer characters may be part of an innocent word.</summary>
    private const int MinUnmistakable = 8;

    private readonly string? _key;
    private readonly Uri _root;
    private readonly Regex[] _spellings;

    public ApiKeyGuard(ApiKey? key, Uri root)
    {
        _key = key?.Reveal();
        _root = root;
        _spellings = _key is null ? [] : Spellings(_key);
    }

    public bool HasKey => _key is not null;

    /// <summary>True where the key goes with a request for <paramref name="url"/>.</summary>
    public bool Admits(Uri url) => _key is not null && IsUnderRoot(url) && ApiKey.MayTravelTo(url);

    /// <summary>True where <paramref name="url"/> has the root's scheme, host and port, and a path at or below the root's.</summary>
    public bool IsUnderRoot(Uri url) =>
        Origin.IsSame(url, _root)
        && (url.AbsolutePath.StartsWith(_root.AbsolutePath, StringComparison.Ordinal)
            || string.Equals(url.AbsolutePath, _root.AbsolutePath.TrimEnd('/'), StringComparison.Ordinal));

    /// <summary>
    /// The address to really send to: with the key once where it is admitted, whatever key it carried; elsewhere without the key,
    /// even where a server echoed it into a link or a redirect.
    /// </summary>
    public Uri Address(Uri url)
    {
        if (_key is null)
        {
            return url;
        }

        var admitted = Admits(url);
        var parameters = Parameters(url);
        var kept = parameters.Where(parameter => !(admitted ? IsNamedKey(parameter) : HoldsKey(parameter))).ToList();
        Refuse(url, admitted ? url.AbsolutePath : $"{url.UserInfo}@{url.Host}{url.AbsolutePath}?{string.Join('&', kept)}{url.Fragment}");
        if (admitted)
        {
            kept.Add($"{Parameter}={Uri.EscapeDataString(_key)}");
        }

        return kept.Count == parameters.Length && !admitted ? url : WithQuery(url, kept);
    }

    /// <summary>The address without a key that a server wrote into it.</summary>
    public Uri WithoutKey(Uri url)
    {
        var parameters = Parameters(url);
        var kept = parameters.Where(parameter => !IsNamedKey(parameter) && !HoldsKey(parameter)).ToList();
        return kept.Count == parameters.Length ? url : WithQuery(url, kept);
    }

    /// <summary><paramref name="text"/> with the key replaced by <c>***</c>; all of it, where the key is there in a spelling that hides it.</summary>
    public string Scrub(string text)
    {
        foreach (var spelling in _spellings)
        {
            text = spelling.Replace(text, "***");
        }

        return Holds(text) ? "***" : text;
    }

    /// <summary>Whether the key is in a text, as it is or behind up to four layers of what URLs, HTML and JSON escape.</summary>
    public bool Holds(string text)
    {
        for (var layer = 0; _key is not null && layer <= MaxLayers; layer++)
        {
            if (_spellings.Any(spelling => spelling.IsMatch(text)))
            {
                return true;
            }

            var decoded = Undo(text);
            if (decoded == text)
            {
                return false;
            }

            text = decoded;
        }

        return false;
    }

    private static string[] Parameters(Uri url) => url.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries);

    private static bool IsNamedKey(string parameter) => Decode(parameter.Split('=', 2)[0]) == Parameter;

    private bool HoldsKey(string parameter) => parameter.Split('=', 2) is [_, var value] && Decode(value) == _key;

    private static string Decode(string value) => Uri.UnescapeDataString(value.Replace('+', ' '));

    private static Uri WithQuery(Uri url, List<string> parameters)
    {
        var path = ExactUri.WithoutQuery(url);
        return ExactUri.Create(parameters.Count == 0 ? path : $"{path}?{string.Join('&', parameters)}");
    }

    /// <summary>A login wall redirects to <c>/login?return_to=…key=…</c>: there the key cannot be taken out, and so the request is not sent.</summary>
    private void Refuse(Uri url, string address)
    {
        if (Holds(address))
        {
            throw new MlHubException(
                $"A request to {Scrub(url.Host)} was given up: the server wrote the API key into its address, and the key goes nowhere but to the API.");
        }
    }

    /// <summary>The key in the spellings in which servers echo it. A short key counts only where no letter or digit touches it.</summary>
    private static Regex[] Spellings(string key)
    {
        var isShort = key.Length < MinUnmistakable;
        string[] spellings = [key, Uri.EscapeDataString(key), WebUtility.UrlEncode(key), WebUtility.HtmlEncode(key), JsonEncodedText.Encode(key).ToString()];
        return [.. spellings
            .Concat(Undone(key))
            .Distinct(StringComparer.OrdinalIgnoreCase)
            .OrderByDescending(spelling => spelling.Length)
            .Select(Regex.Escape)
            .Select(spelling => new Regex(isShort ? $"(?<![A-Za-z0-9]){spelling}(?![A-Za-z0-9])" : spelling, RegexOptions.IgnoreCase | RegexOptions.CultureInvariant))];
    }

    /// <summary>What is left of a key that itself looks escaped, such as <c>x%41</c>, when the text around it is undone.</summary>
    private static IEnumerable<string> Undone(string key)
    {
        for (var layer = 0; layer < MaxLayers && Undo(key) is var undone && undone != key && undone.Length >= MinUnmistakable; layer++)
        {
            yield return key = undone;
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
