using Polly;
using Polly.Retry;
using Polly.Timeout;

namespace MlHub.Sdk;

/// <summary>Which API calls are retried, after which failures, and how long to wait, according to <see cref="TransferOptions"/>.</summary>
internal static class ApiRetry
{
    /// <summary>Marks a request that is safe to retry although its method is not: it changes nothing at the server, and its body can be read again.</summary>
    public static readonly HttpRequestOptionsKey<bool> IsSafe = new("MlHub.Sdk.IsSafe");

    // Polly does not allow longer waits.
    private static readonly TimeSpan MaxWait = TimeSpan.FromDays(1);

    /// <summary>The strategy for a pipeline.</summary>
    /// <param name="transfer">The number of retries, at least 1, and the waits.</param>
    /// <param name="clock">The clock by which dates in <c>Retry-After</c> count.</param>
    /// <param name="requestOf">The request of a context.</param>
    public static RetryStrategyOptions<HttpResponseMessage> Options(TransferOptions transfer, TimeProvider clock, Func<ResilienceContext, HttpRequestMessage?> requestOf) => new()
    {
        MaxRetryAttempts = transfer.MaxRetries,
        BackoffType = DelayBackoffType.Exponential,
        UseJitter = true,
        Delay = AtMostADay(transfer.RetryBaseDelay),
        MaxDelay = AtMostADay(transfer.RetryMaxDelay),
        ShouldHandle = arguments => ValueTask.FromResult(IsTemporary(arguments.Outcome, requestOf(arguments.Context))),
        DelayGenerator = arguments => ValueTask.FromResult(ServersWait(arguments.Outcome.Result, transfer, clock)),
    };

    public static TimeSpan AtMostADay(TimeSpan wait) => wait < MaxWait ? wait : MaxWait;

    /// <summary>Methods that may be sent twice (RFC 9110 §9.2.2), without a body, because a body may be a stream that can be read only once.</summary>
    public static bool IsRepeatable(HttpRequestMessage request) =>
        request.Options.TryGetValue(IsSafe, out var isSafe) ? isSafe : request.Content is null
        && (request.Method == HttpMethod.Get || request.Method == HttpMethod.Head || request.Method == HttpMethod.Options);

    private static bool IsTemporary(Outcome<HttpResponseMessage> outcome, HttpRequestMessage? request) => request is not null && IsRepeatable(request) && outcome switch
    {
        { Exception: HttpRequestException error } => !ConnectionFault.Of(error, request.RequestUri).IsLasting,
        { Exception: TimeoutRejectedException } => true,
        { Result.StatusCode: var status } => TransientErrors.Include(status),
        _ => false,
    };

    /// <summary>The wait that the server asks for, limited to the maximum. Null if it does not ask for one.</summary>
    private static TimeSpan? ServersWait(HttpResponseMessage? response, TransferOptions transfer, TimeProvider clock) =>
        RetryAfter.Read(response, clock) is { } wait ? AtMostADay(wait < transfer.MaxRetryAfter ? wait : transfer.MaxRetryAfter) : null;
}
