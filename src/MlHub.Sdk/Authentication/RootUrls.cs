using System.Text.RegularExpressions;

namespace MlHub.Sdk;

/// <summary>
/// Validates and normalizes root URLs: absolute, http or https, host in lower-case ASCII, no default port, one slash at the end and between segments. Requests
/// are built from this form, and the key is sent only to addresses under it.
/// </summary>
internal static partial class RootUrls
{
    /// <summary>The address of the original service.</summary>
    internal static readonly Uri Default = new("https://api.radiant.earth/mlhub/v1/");

    /// <summary>Parses a root URL.</summary>
    /// <param name="text">The URL, with any number of slashes at its end. White space and invisible characters at its ends are ignored.</param>
    /// <param name="source">The source of the text, as the subject of a sentence. The text itself may contain a secret, so it is not repeated.</param>
    /// <exception cref="MlHubException">The text is not a root URL.</exception>
    internal static Uri Parse(string text, string source)
    {
        if (!Uri.TryCreate(ApiKey.WithoutInvisibleEnds(text).ToString(), UriKind.Absolute, out Uri? url) || !IsWeb(url))
        {
            throw new MlHubException($"{source} is not a root URL: it must begin with http:// or https:// and contain a host name.");
        }

        return Normalize(url, source);
    }

    /// <summary>Normalizes a root URL.</summary>
    /// <param name="url">The URL, with any number of slashes at its end.</param>
    /// <param name="source">The source of the URL, as the subject of a sentence.</param>
    /// <exception cref="MlHubException">It is not a valid root URL.</exception>
    internal static Uri Normalize(Uri url, string source)
    {
        if (!url.IsAbsoluteUri || !IsWeb(url))
        {
            throw new MlHubException($"{source} is not a root URL: it must begin with http:// or https:// and contain a host name.");
        }

        if (url.UserInfo.Length > 0)
        {
            throw new MlHubException($"{source} must not contain a user name or password: an MLHub accepts only an API key.");
        }

        if (url.OriginalString.AsSpan().IndexOfAny('?', '#') >= 0)
        {
            throw new MlHubException($"{source} must not contain a query or a fragment (\"?\" or \"#\"). Set the API key separately.");
        }

        var authority = url.HostNameType == UriHostNameType.Dns
            ? $"{url.Scheme}://{url.IdnHost}{(url.IsDefaultPort ? "" : $":{url.Port}")}"
            : url.GetLeftPart(UriPartial.Authority);
        return new Uri(authority + Slashes().Replace(url.AbsolutePath + "/", "/"));
    }

    private static bool IsWeb(Uri url) =>
        (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps) && url.Host.Length > 0;

    [GeneratedRegex("/{2,}")]
    private static partial Regex Slashes();
}
