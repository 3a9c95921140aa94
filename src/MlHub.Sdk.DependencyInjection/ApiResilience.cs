using Microsoft.Extensions.Http.Resilience;
using Polly;
using Polly.Retry;
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
                ShouldHandle = arguments => ValueTask.FromResult(MayPass(arguments)),
            };
            retry.DisableForUnsafeHttpMethods();
            pipeline.AddRetry(retry);
        }

        pipeline.AddTimeout(Shorter(transfer.ResponseTimeout, LongestWait));
    }

    private static bool MayPass(RetryPredicateArguments<HttpResponseMessage> arguments) => arguments.Outcome switch
    {
        { Exception: HttpRequestException error } => !ConnectionFault.Of(error, arguments.Context.GetRequestMessage()?.RequestUri).IsLasting,
        { Exception: TimeoutRejectedException } => true,
        { Result.StatusCode: var status } => TransientErrors.Include(status),
        _ => false,
    };

    private static TimeSpan? ServersWait(HttpResponseMessage? response, TransferOptions transfer, TimeProvider clock) =>
        RetryAfter.Read(response, clock) is { } wait ? Shorter(Shorter(wait, transfer.MaxRetryAfter), LongestWait) : null;

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
