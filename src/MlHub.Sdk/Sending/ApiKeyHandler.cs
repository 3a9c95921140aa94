using System.Net;
using System.Net.Http.Headers;

namespace MlHub.Sdk;

/// <summary>
/// Adds the key to requests that may contain it. Removes it from all other requests, and from everything in responses except the bodies. This is the only place
/// that adds the key.
/// </summary>
internal sealed class ApiKeyHandler(MlHubSettings settings, ApiKeyGuard guard, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    /// <exception cref="ApiKeyNotFoundException">The API asked for a key (401), there is none, and the anonymous profile is not used.</exception>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await SendKeyedAsync(request.CopyTo(guard.Address(request.RequestUri!)), cancellationToken).ConfigureAwait(false);

        // A hub opens some of its API to everyone, and only the hub knows how much. Its response decides whether a missing key is an error.
        if (response.StatusCode == HttpStatusCode.Unauthorized && !guard.HasKey && guard.IsUnderRoot(request.RequestUri!) && !settings.IsAnonymous)
        {
            response.Dispose();
            settings.RequireApiKey();
        }

        // Callers may log requests and responses, so they only see the request without the key, and a response that does not echo it.
        response.RequestMessage = request;
        if (guard.HasKey)
        {
            response.ReasonPhrase = guard.Scrub(response.ReasonPhrase ?? "");
            Scrub(response.Headers, Redirects.IsRedirect(response.StatusCode));
            Scrub(response.Content.Headers);
            response.Content = new RelayedContent(response.Content, body => new KeylessStream(body, guard, () => Scrub(response.TrailingHeaders)));
        }

        return response;
    }

    private async Task<HttpResponseMessage> SendKeyedAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (guard.Scrub(e) != e)
        {
            // .NET quotes the response of a server that violates the protocol, and that response may quote the key.
            throw guard.Scrub(e);
        }
    }

    /// <summary>All headers except the Location of a redirect, which is checked when it is followed.</summary>
    private void Scrub(HttpHeaders headers, bool isRedirect = false)
    {
        List<(string Name, string Value)>? held = null;
        foreach (var (name, values) in headers.NonValidated)
        {
            if (!(isRedirect && name == "Location") && (guard.Holds(name) || guard.Holds(values.ToString())))
            {
                (held ??= []).Add((name, values.ToString()));
            }
        }

        foreach (var (name, value) in held ?? [])
        {
            headers.Remove(name);
            if (!guard.Holds(name))
            {
                headers.TryAddWithoutValidation(name, guard.Scrub(value));
            }
        }
    }
}
