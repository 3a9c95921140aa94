using System.Net;

namespace MlHub.Sdk;

/// <summary>
/// Follows redirects (RFC 9110 §15.4) itself, so that every hop passes the <see cref="ApiKeyHandler"/> and the key goes nowhere else.
/// </summary>
internal sealed class RedirectHandler(ApiKeyGuard guard, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    /// <summary>As many as browsers and HttpClient bear is 20 to 50; an API that needs more than ten is a loop.</summary>
    public const int MaxRedirects = 10;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        for (var redirects = 0; ; redirects++)
        {
            var response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
            if (!IsRedirect(response.StatusCode) || response.Headers.Location is not { } location || !CanRepeat(request))
            {
                return response;
            }

            var from = request.RequestUri!;
            response.Dispose();
            if (redirects == MaxRedirects)
            {
                throw Refused(from, $"it redirected more than {MaxRedirects} times");
            }

            request = request.CopyTo(Target(from, location));
        }
    }

    private static bool IsRedirect(HttpStatusCode status) =>
        status is HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther
            or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect;

    private static bool CanRepeat(HttpRequestMessage request) => request.Method == HttpMethod.Get || request.Method == HttpMethod.Head;

    private Uri Target(Uri from, Uri location)
    {
        if (!Uri.TryCreate(from, location, out var target) || target.Scheme is not ("http" or "https"))
        {
            throw Refused(from, "it redirected to something that is not an http address");
        }

        if (ApiKey.MayTravelTo(from) && !ApiKey.MayTravelTo(target))
        {
            throw Refused(from, $"it redirected from a protected address to plain http ({RedactedUrl.OfCall(target)})");
        }

        return guard.WithoutKey(target);
    }

    private static MlHubException Refused(Uri from, string why)
    {
        var url = RedactedUrl.OfCall(from);
        return new MlHubException($"The request to {url} was given up: {why}.") { RequestUrl = url };
    }
}
