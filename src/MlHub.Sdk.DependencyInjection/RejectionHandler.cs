using Polly;
using Polly.Timeout;

namespace MlHub.Sdk;

/// <summary>Reports what a resilience pipeline refuses (an attempt that took too long, an open circuit breaker) as the failed request that it is.</summary>
internal sealed class RejectionHandler : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutRejectedException e)
        {
            throw new HttpRequestException($"no answer began within {e.Timeout.TotalSeconds:0.###} s", e);
        }
        catch (ExecutionRejectedException e)
        {
            throw new HttpRequestException($"the resilience pipeline refused the request ({e.GetType().Name})", e);
        }
    }
}
