using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace MlHub.Sdk;

/// <summary>
/// By which rules redirects (RFC 9110 §15.4) are followed, by calls and downloads alike. Where the key may go is not decided here: each hop
/// passes the <see cref="ApiKeyHandler"/>.
/// </summary>
internal static class Redirects
{
    /// <summary>As many as browsers and HttpClient bear is 20 to 50; a server that needs more than ten is a loop.</summary>
    internal const int Most = 10;

    internal static bool IsRedirect(HttpStatusCode status) =>
        status is HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther
            or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect;

    /// <summary>Where a redirect leads, without user information; or why one must not go there.</summary>
    internal static bool TryFollow(HttpResponseMessage response, Uri from, [NotNullWhen(true)] out Uri? next, [NotNullWhen(false)] out string? whyNot)
    {
        (next, whyNot) = (null, null);
        if (response.Headers.Location is not { } location || !Uri.TryCreate(from, location, out var target) || target.Scheme is not ("http" or "https"))
        {
            whyNot = "it redirects without a usable Location";
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
