using System.Net;

namespace MlHub.Sdk;

/// <summary>
/// Follows redirects by the rules of <see cref="Redirects"/>, so that every request passes the <see cref="ApiKeyHandler"/> and the key is not sent elsewhere.
/// </summary>
internal sealed class RedirectHandler(ApiKeyGuard guard, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        for (var redirects = 0; ; redirects++)
        {
            var response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
            if (!Redirects.IsRedirect(response.StatusCode) || !CanRepeat(request))
            {
                return response;
            }

            using (response)
            {
                var from = request.RequestUri!;
                if (!Redirects.TryFollow(response, from, out var next, out var whyNot))
                {
                    throw Refused(from, response.StatusCode, whyNot);
                }

                if (redirects == Redirects.Most)
                {
                    throw Refused(from, response.StatusCode, $"it redirects more than {Redirects.Most} times");
                }

                request = request.CopyTo(guard.WithoutKey(next));
                if (!Origin.IsSame(from, next))
                {
                    CallersHandler.RemoveCredentials(request);
                }
            }
        }
    }

    private static bool CanRepeat(HttpRequestMessage request) => request.Method == HttpMethod.Get || request.Method == HttpMethod.Head;

    private static MlHubException Refused(Uri from, HttpStatusCode status, string why)
    {
        var url = RedactedUrl.OfCall(from);
        return new MlHubException($"The request to {url} failed: {why}.") { StatusCode = status, RequestUrl = url };
    }
}
