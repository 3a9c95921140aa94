using System.Net;
using Microsoft.Extensions.Http.Resilience;
using Polly;
using Polly.Timeout;

namespace MlHub.Sdk;

/// <summary>How API calls are repeated where the program says nothing else: as <see cref="TransferOptions"/> says.</summary>
internal static class ApiResilience
{
    // Polly refuses longer waits.
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);

    public static void Add(ResiliencePipelineBuilder<HttpResponseMessage> pipeline, TransferOptions transfer, TimeProvider clock)
    {
        pipeline.TimeProvider = clock;
        if (transfer.MaxRetries > 0)
        {
            var retry = new HttpRetryStrategyOptions
            {
                MaxRetryAttempts = transfer.MaxRetries,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = Shorter(transfer.RetryBaseDelay, LongestWait),
                MaxDelay = Shorter(transfer.RetryMaxDelay, LongestWait),
                ShouldRetryAfterHeader = false,
                DelayGenerator = arguments => ValueTask.FromResult(ServersWait(arguments.Outcome.Result, transfer, clock)),
                ShouldHandle = arguments => ValueTask.FromResult(MayPass(arguments.Outcome)),
            };
            retry.DisableForUnsafeHttpMethods();
            pipeline.AddRetry(retry);
        }

        pipeline.AddTimeout(Shorter(transfer.ResponseTimeout, LongestWait));
    }

    private static bool MayPass(Outcome<HttpResponseMessage> outcome) => outcome switch
    {
        { Exception: HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } } => false,
        { Exception: HttpRequestException or TimeoutRejectedException } => true,
        {
            Result.StatusCode: HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or HttpStatusCode.InternalServerError
            or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout
        } => true,
        _ => false,
    };

    // Retry-After (RFC 9110 §10.2.3), cut to its cap. A date counts from the answer's own Date, because both come from the server's clock.
    private static TimeSpan? ServersWait(HttpResponseMessage? response, TransferOptions transfer, TimeProvider clock)
    {
        if (response?.Headers.RetryAfter is not { } asked)
        {
            return null;
        }

        var wait = asked.Delta ?? asked.Date - (response.Headers.Date ?? clock.GetUtcNow()) ?? TimeSpan.Zero;
        return Shorter(Shorter(wait < TimeSpan.Zero ? TimeSpan.Zero : wait, transfer.MaxRetryAfter), LongestWait);
    }

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
