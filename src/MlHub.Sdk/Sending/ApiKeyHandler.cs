namespace MlHub.Sdk;

/// <summary>Adds the key to requests that may carry it, and takes it out of all others. The only place that does.</summary>
internal sealed class ApiKeyHandler(MlHubSettings settings, ApiKeyGuard guard, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    /// <exception cref="ApiKeyNotFoundException">The request is for the API, and there is neither a key nor the wish to go without.</exception>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (guard.IsUnderRoot(request.RequestUri!))
        {
            settings.RequireApiKey();
        }

        var outgoing = request.CopyTo(guard.Address(request.RequestUri!));
        var response = await base.SendAsync(outgoing, cancellationToken).ConfigureAwait(false);

        // What callers see and may log is the request without the key.
        response.RequestMessage = request;
        return response;
    }
}
