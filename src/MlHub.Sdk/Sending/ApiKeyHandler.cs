using System.Net.Http.Headers;

namespace MlHub.Sdk;

/// <summary>
/// Adds the key to requests that may carry it, and takes it out of all others, and out of what servers say back. The only place that does.
/// </summary>
internal sealed class ApiKeyHandler(MlHubSettings settings, ApiKeyGuard guard, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    /// <exception cref="ApiKeyNotFoundException">The request is for the API, and there is neither a key nor the wish to go without.</exception>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (guard.IsUnderRoot(request.RequestUri!))
        {
            settings.RequireApiKey();
        }

        var response = await SendKeyedAsync(request.CopyTo(guard.Address(request.RequestUri!)), cancellationToken).ConfigureAwait(false);

        // What callers see and may log is the request without the key, and an answer that does not echo it.
        response.RequestMessage = request;
        response.ReasonPhrase = guard.Scrub(response.ReasonPhrase ?? "");
        Scrub(response.Headers);
        Scrub(response.Content.Headers);
        return response;
    }

    private async Task<HttpResponseMessage> SendKeyedAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        }
        catch (HttpRequestException e) when (guard.Holds(e.ToString()))
        {
            // .NET quotes a server that breaks the protocol, and the server quotes the key.
            throw new HttpRequestException(e.HttpRequestError, guard.Scrub(e.Message), inner: null, e.StatusCode);
        }
    }

    /// <summary>All but Location: where it leads is judged when it is followed.</summary>
    private void Scrub(HttpHeaders headers)
    {
        foreach (var (name, values) in headers.NonValidated.Where(header => header.Key != "Location" && guard.Holds(header.Value.ToString())).ToList())
        {
            headers.Remove(name);
            headers.TryAddWithoutValidation(name, guard.Scrub(values.ToString()));
        }
    }
}
