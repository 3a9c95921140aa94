using System.Net;

namespace MlHub.Sdk.Downloads.Remote;

/// <summary>The rules by which a redirect is followed.</summary>
internal static class Redirects
{
    /// <summary>Where an answer redirects to, or null when it does not.</summary>
    /// <exception cref="DownloadException">It redirects to where one must not go.</exception>
    internal static Uri? Next(HttpResponseMessage response, Uri from)
    {
        if (response.StatusCode is not (HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther
            or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect))
        {
            return null;
        }

        var location = response.Headers.NonValidated.TryGetValues("Location", out var values) ? values.ToString() : null;
        if (location is null || !Uri.TryCreate(from, location, out var next) || next.Scheme is not ("http" or "https"))
        {
            throw Refuse($"{RedactedUrl.Of(from)} redirects without a usable Location.", from);
        }

        if (from.Scheme == Uri.UriSchemeHttps && next.Scheme == Uri.UriSchemeHttp && !next.IsLoopback)
        {
            throw Refuse($"{RedactedUrl.Of(from)} redirects from https to plain http ({next.Host}), which is not followed.", from);
        }

        return WithoutUserInfo(next);
    }

    internal static bool AreSameOrigin(Uri one, Uri other) =>
        Uri.Compare(one, other, UriComponents.SchemeAndServer, UriFormat.SafeUnescaped, StringComparison.OrdinalIgnoreCase) == 0;

    private static Uri WithoutUserInfo(Uri url) =>
        url.UserInfo.Length == 0 ? url : ExactUri.Create($"{url.Scheme}://{url.Authority}{url.PathAndQuery}");

    private static DownloadException Refuse(string message, Uri from) =>
        new(DownloadFailure.BadAnswer, message) { RequestUrl = RedactedUrl.Of(from) };
}
