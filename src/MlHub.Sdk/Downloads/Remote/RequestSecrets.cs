using System.Collections.Concurrent;

namespace MlHub.Sdk.Downloads.Remote;

/// <summary>
/// What a download sends that no message may show, though servers echo it: the values of the caller's headers, and the user information
/// and the query of every address on its way.
/// </summary>
internal sealed class RequestSecrets(DownloadRequest request, Func<string, string> scrub)
{
    /// <summary>A value of fewer characters is no secret, and would be found everywhere.</summary>
    private const int LeastLength = 6;

    private readonly ConcurrentDictionary<Uri, bool> _addresses = [];

    /// <summary>Notes an address that something is asked of.</summary>
    internal void Know(Uri url)
    {
        if (url.Query.Length > 0 || url.UserInfo.Length > 0)
        {
            _addresses.TryAdd(url, true);
        }
    }

    /// <summary>A server's words, or a library's about them, without any of it.</summary>
    internal string Scrub(string words)
    {
        words = scrub(words);
        foreach (var secret in All())
        {
            words = new Secret(secret).Scrub(words);
        }

        return words;
    }

    private IEnumerable<string> All() => _addresses.Keys.SelectMany(InAddress)
        .Concat(request.Headers.SelectMany(header => InHeader(header.Value)))
        .Where(secret => secret.Length >= LeastLength)
        .Distinct(StringComparer.Ordinal)
        .OrderByDescending(secret => secret.Length);

    private static IEnumerable<string> InAddress(Uri url) =>
        [url.Query.TrimStart('?'), url.UserInfo, .. url.UserInfo.Split(':'), .. url.Query.TrimStart('?').Split('&').Select(Value)];

    private static string Value(string parameter) => Uri.UnescapeDataString(parameter.Split('=', 2)[^1]);

    // Of "Bearer x", x alone may be echoed as well.
    private static IEnumerable<string> InHeader(string value) => [value, .. value.Split(' ', 2)];
}
