using System.Net;
using System.Text;

namespace MlHub.Sdk.Downloads.Remote;

/// <summary>
/// The cookies of one download. Many sites set one while they redirect to a sign-on page and back. Each cookie is sent only to the scheme, host and port that
/// set it, regardless of its Domain attribute. This is stricter than RFC 6265 §5.
/// </summary>
internal sealed class Cookies
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, CookieContainer> _origins = new(StringComparer.Ordinal);
    private readonly HashSet<string> _values = new(StringComparer.Ordinal);

    /// <summary>All values that were ever set, including deleted ones, because they are secrets.</summary>
    internal IReadOnlyList<string> Values
    {
        get
        {
            lock (_lock)
            {
                return [.. _values];
            }
        }
    }

    internal void Store(Uri url, HttpResponseMessage response)
    {
        if (!response.Headers.NonValidated.TryGetValues("Set-Cookie", out var headers))
        {
            return;
        }

        lock (_lock)
        {
            if (!_origins.TryGetValue(Origin.Of(url), out var container))
            {
                container = _origins[Origin.Of(url)] = new CookieContainer();
            }

            foreach (var header in headers)
            {
                TrySet(container, url, header);
            }

            _values.UnionWith(container.GetAllCookies().Select(cookie => cookie.Value));
        }
    }

    /// <summary>The value of the <c>Cookie</c> header for an address. Empty if there is none.</summary>
    internal string HeaderFor(Uri url)
    {
        lock (_lock)
        {
            return _origins.Count > 0 && _origins.TryGetValue(Origin.Of(url), out var container) ? container.GetCookieHeader(url) : string.Empty;
        }
    }

    private static void TrySet(CookieContainer container, Uri url, string header)
    {
        // HttpClient refuses to send a request with such a header.
        if (!Ascii.IsValid(header))
        {
            return;
        }

        try
        {
            container.SetCookies(url, header);
        }
        catch (CookieException)
        {
            // A cookie for another site or an invalid cookie is ignored.
        }
    }
}
