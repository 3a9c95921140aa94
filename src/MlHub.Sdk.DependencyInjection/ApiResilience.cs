using Microsoft.Extensions.Http.Resilience;
using Polly;
using Polly.Retry;
using Polly.Timeout;

namespace MlHub.Sdk;

/// <summary>The default resilience pipeline of API calls: the retries and the timeout of <see cref="TransferOptions"/>.</summary>
internal static class ApiResilience
{
    // Polly refuses longer delays.
    private static readonly TimeSpan MaxDelay = TimeSpan.FromDays(1);

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
                Delay = Shorter(transfer.RetryBaseDelay, MaxDelay),
                MaxDelay = Shorter(transfer.RetryMaxDelay, MaxDelay),
                ShouldRetryAfterHeader = false,
                DelayGenerator = arguments => ValueTask.FromResult(RetryAfterDelay(arguments.Outcome.Result, transfer, clock)),
                ShouldHandle = arguments => ValueTask.FromResult(IsTransient(arguments)),
            };
            retry.DisableForUnsafeHttpMethods();
            pipeline.AddRetry(retry);
        }

        pipeline.AddTimeout(Shorter(transfer.ResponseTimeout, MaxDelay));
    }

    private static bool IsTransient(RetryPredicateArguments<HttpResponseMessage> arguments) => arguments.Outcome switch
    {
        { Exception: HttpRequestException error } => !ConnectionFault.Of(error, arguments.Context.GetRequestMessage()?.RequestUri).IsLasting,
        { Exception: TimeoutRejectedException } => true,
        { Result.StatusCode: var status } => TransientErrors.Include(status),
        _ => false,
    };

    private static TimeSpan? RetryAfterDelay(HttpResponseMessage? response, TransferOptions transfer, TimeProvider clock) =>
        RetryAfter.Read(response, clock) is { } wait ? Shorter(Shorter(wait, transfer.MaxRetryAfter), MaxDelay) : null;

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
