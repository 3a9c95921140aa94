namespace MlHub.Sdk;

/// <summary>Sends requests through an HttpClient of the caller, which may be a different one for each request. Bodies are not read.</summary>
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
            // HttpClient reports its time-out as a cancellation.
            throw new HttpRequestException($"no response began within {Seconds.Text(client.Timeout)} (HttpClient.Timeout)", e);
        }
    }
}
