using Polly;
using Polly.Timeout;

namespace MlHub.Sdk;

/// <summary>Turns the exceptions of a resilience pipeline (an attempt that timed out, an open circuit breaker) into an <see cref="HttpRequestException"/>.</summary>
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
            throw new HttpRequestException($"no response arrived within {e.Timeout.TotalSeconds:0.###} s", e);
        }
        catch (ExecutionRejectedException e)
        {
            throw new HttpRequestException($"the resilience pipeline refused the request ({e.GetType().Name})", e);
        }
    }
}
