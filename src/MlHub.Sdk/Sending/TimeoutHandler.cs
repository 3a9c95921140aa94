namespace MlHub.Sdk;

/// <summary>
/// Limits the wait for the headers of a response, and detects stalls of its body. HttpClient.Timeout covers either too little (only the headers, for a stream)
/// or too much (the whole of a slow body).
/// </summary>
internal sealed class TimeoutHandler(TimeSpan responseTimeout, TimeSpan stallTimeout, TimeProvider clock, HttpMessageHandler inner)
    : DelegatingHandler(inner)
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(responseTimeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            var response = await base.SendAsync(request, either.Token).ConfigureAwait(false);
            response.Content = new RelayedContent(response.Content, body => new StallGuardedStream(body, stallTimeout, clock));
            return response;
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested && timeout.IsCancellationRequested)
        {
            throw new HttpRequestException(
                $"no response began within {Seconds.Text(responseTimeout)}",
                new TimeoutException("The response time-out elapsed.", e));
        }
    }
}
