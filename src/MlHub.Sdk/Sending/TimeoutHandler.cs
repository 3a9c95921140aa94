namespace MlHub.Sdk;

/// <summary>
/// Bounds the wait for the headers of an answer, and guards its body against standing still: HttpClient.Timeout covers either too
/// little (the headers alone, for a stream) or too much (a slow whole body).
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
                $"no answer began within {responseTimeout.TotalSeconds:0.###} s",
                new TimeoutException("The response timeout elapsed.", e));
        }
    }
}
