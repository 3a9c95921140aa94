using System.Text.RegularExpressions;

namespace MlHub.Sdk;

/// <summary>
/// What a root URL must be, and its one form: absolute, http or https, the host in lower-case ASCII, no port that the scheme implies, one slash at the
/// end and between segments. Requests are built from this form, and the key is only sent below it.
/// </summary>
internal static partial class RootUrls
{
    /// <summary>Where the original service was.</summary>
    internal static readonly Uri Default = new("https://api.radiant.earth/mlhub/v1/");

    /// <summary>The root URL that a text gives.</summary>
    /// <param name="text">The URL, with any number of slashes at its end. White space and invisible characters at its ends are ignored.</param>
    /// <param name="source">Where the text is from, as the subject of a sentence. The text itself may hold a secret.</param>
    /// <exception cref="MlHubException">The text is no root URL.</exception>
    internal static Uri Parse(string text, string source)
    {
        if (!Uri.TryCreate(ApiKey.WithoutInvisibleEnds(text).ToString(), UriKind.Absolute, out Uri? url) || !IsWeb(url))
        {
            throw new MlHubException($"{source} is not a root URL: it must begin with http:// or https:// and name a host.");
        }

        return Normalize(url, source);
    }

    /// <summary>The one form of a root URL.</summary>
    /// <param name="url">The URL, with any number of slashes at its end.</param>
    /// <param name="source">Where it is from, as the subject of a sentence.</param>
    /// <exception cref="MlHubException">It cannot be a root URL.</exception>
    internal static Uri Normalize(Uri url, string source)
    {
        if (!url.IsAbsoluteUri || !IsWeb(url))
        {
            throw new MlHubException($"{source} is not a root URL: it must begin with http:// or https:// and name a host.");
        }

        if (url.UserInfo.Length > 0)
        {
            throw new MlHubException($"{source} must not hold a user name or password: an MLHub takes an API key and nothing else.");
        }

        if (url.OriginalString.AsSpan().IndexOfAny('?', '#') >= 0)
        {
            throw new MlHubException($"{source} must not hold a query or a fragment (no \"?\", no \"#\"); an API key is given as one.");
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
