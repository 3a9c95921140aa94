namespace MlHub.Sdk;

/// <summary>Sends requests through an HttpClient provided by the caller. Bodies are not read.</summary>
internal sealed class HttpClientSender(HttpClient client) : HttpMessageHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested && e.InnerException is TimeoutException)
        {
            // HttpClient reports its time-out as a cancellation.
            throw new HttpRequestException($"no response began within {client.Timeout.TotalSeconds:0.###} s (HttpClient.Timeout)", e);
        }
    }
}
