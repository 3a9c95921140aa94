using System.Net;
using System.Text.Json;

namespace MlHub.Sdk;

/// <summary>
/// Knows the key and the one place where it may go: the query parameter <c>key</c> of requests under the root URL, over https or to loopback.
/// </summary>
internal sealed class ApiKeyGuard
{
    private const string Parameter = "key";

    private readonly string? _key;
    private readonly Uri _root;
    private readonly string[] _spellings;

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
        IsSameServer(url, _root)
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

    /// <summary><paramref name="text"/> with the key, in every spelling that a server could echo it in, replaced by <c>***</c>.</summary>
    public string Scrub(string text)
    {
        foreach (var spelling in _spellings)
        {
            text = text.Replace(spelling, "***", StringComparison.OrdinalIgnoreCase);
        }

        return text;
    }

    private static bool IsSameServer(Uri url, Uri other) =>
        url.Scheme == other.Scheme && url.Port == other.Port && string.Equals(url.IdnHost, other.IdnHost, StringComparison.OrdinalIgnoreCase);

    private static string[] Parameters(Uri url) => url.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries);

    private static bool IsNamedKey(string parameter) => Decode(parameter.Split('=', 2)[0]) == Parameter;

    private bool HoldsKey(string parameter) => parameter.Split('=', 2) is [_, var value] && Decode(value) == _key;

    private static string Decode(string value) => Uri.UnescapeDataString(value.Replace('+', ' '));

    private static Uri WithQuery(Uri url, List<string> parameters)
    {
        var path = ExactUri.WithoutQuery(url);
        return ExactUri.Create(parameters.Count == 0 ? path : $"{path}?{string.Join('&', parameters)}");
    }

    private static string[] Spellings(string key) =>
        [.. new[]
            {
                key,
                Uri.EscapeDataString(key),
                WebUtility.UrlEncode(key),
                WebUtility.HtmlEncode(key),
                JsonEncodedText.Encode(key).ToString(),
            }
            .Distinct(StringComparer.OrdinalIgnoreCase)
            .OrderByDescending(spelling => spelling.Length)];
}
