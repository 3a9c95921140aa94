namespace MlHub.Sdk;

/// <summary>Sends through an HttpClient of the caller, which may be another one for each request. Bodies are left unread.</summary>
internal sealed class HttpClientSender(Func<HttpClient> clients) : HttpMessageHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var client = clients();
        try
        {
            return await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested && e.InnerException is TimeoutException)
        {
            // HttpClient reports a cancellation, though nobody cancelled.
            throw new HttpRequestException($"no answer began within {client.Timeout.TotalSeconds:0.###} s (HttpClient.Timeout)", e);
        }
    }
}
