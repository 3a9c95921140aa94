using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace MlHub.Sdk;

/// <summary>
/// The rules for following redirects (RFC 9110 §15.4), for API calls and downloads. The <see cref="ApiKeyHandler"/> decides for each request whether the key is
/// sent.
/// </summary>
internal static class Redirects
{
    /// <summary>The maximum number of redirects. Browsers and HttpClient allow 20 to 50, but more than ten are a loop in practice.</summary>
    internal const int Most = 10;

    /// <summary>The maximum length of an address. Every server must support 8000 bytes (RFC 9110 §4.1), and few support more.</summary>
    private const int MaxLength = 16 * 1024;

    internal static bool IsRedirect(HttpStatusCode status) =>
        status is HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther
            or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect;

    /// <summary>The target of a redirect, without user information, or the reason why it must not be followed.</summary>
    internal static bool TryFollow(HttpResponseMessage response, Uri from, [NotNullWhen(true)] out Uri? next, [NotNullWhen(false)] out string? whyNot)
    {
        (next, whyNot) = (null, null);
        if (response.Headers.Location is not { } location || !Uri.TryCreate(from, location, out var target) || target.Scheme is not ("http" or "https"))
        {
            whyNot = "it redirects without a usable Location";
            return false;
        }

        if (target.OriginalString.Length > MaxLength)
        {
            whyNot = $"it redirects to an address of {target.OriginalString.Length} characters, which is too long";
            return false;
        }

        if (from.Scheme == Uri.UriSchemeHttps && target.Scheme == Uri.UriSchemeHttp && !target.IsLoopback)
        {
            whyNot = $"it redirects from https to plain http ({target.Host})";
            return false;
        }

        next = WithoutUserInfo(target);
        return true;
    }

    internal static Uri WithoutUserInfo(Uri url) =>
        url.UserInfo.Length == 0 ? url : ExactUri.Create($"{url.Scheme}://{url.Authority}{url.PathAndQuery}");
}
