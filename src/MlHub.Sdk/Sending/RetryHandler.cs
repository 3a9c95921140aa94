using Microsoft.Extensions.Logging;
using Polly;
using Polly.Retry;

namespace MlHub.Sdk;

/// <summary>Retries requests after temporary failures, according to <see cref="TransferOptions"/>.</summary>
internal sealed class RetryHandler : DelegatingHandler
{
    /// <summary>Marks a request that is safe to retry although its method is not: it changes nothing at the server, and its body can be read again.</summary>
    public static readonly HttpRequestOptionsKey<bool> IsSafe = new("MlHub.Sdk.IsSafe");

    private static readonly ResiliencePropertyKey<Uri> Address = new("MlHub.Sdk.Address");
    private static readonly ResiliencePropertyKey<TimeSpan> Waited = new("MlHub.Sdk.Waited");

    private readonly ResiliencePipeline<HttpResponseMessage> _pipeline;
    private readonly TransferOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;

    public RetryHandler(TransferOptions options, TimeProvider clock, ILogger logger, HttpMessageHandler inner)
        : base(inner)
    {
        _options = options;
        _clock = clock;
        _logger = logger;
        _pipeline = options.MaxRetries == 0 ? ResiliencePipeline<HttpResponseMessage>.Empty : Pipeline();
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (!IsRepeatable(request))
        {
            return await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        }

        var context = ResilienceContextPool.Shared.Get(cancellationToken);
        context.Properties.Set(Address, request.RequestUri!);
        try
        {
            return await _pipeline
                .ExecuteAsync(
                    static async (context, state) => await state.Handler.SendOnceAsync(state.Request, context.CancellationToken).ConfigureAwait(false),
                    context,
                    (Handler: this, Request: request))
                .ConfigureAwait(false);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private Task<HttpResponseMessage> SendOnceAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        base.SendAsync(request.CopyTo(request.RequestUri!), cancellationToken);

    private ResiliencePipeline<HttpResponseMessage> Pipeline() =>
        new ResiliencePipelineBuilder<HttpResponseMessage> { TimeProvider = _clock }
            .AddRetry(new RetryStrategyOptions<HttpResponseMessage>
            {
                MaxRetryAttempts = _options.MaxRetries,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = AtMostADay(_options.RetryBaseDelay),
                MaxDelay = AtMostADay(_options.RetryMaxDelay),
                ShouldHandle = static outcome => ValueTask.FromResult(IsPassing(outcome)),
                DelayGenerator = arguments => ValueTask.FromResult(ServersDelay(arguments.Outcome.Result)),
                OnRetry = arguments =>
                {
                    Log(arguments);
                    arguments.Outcome.Result?.Dispose();
                    return ValueTask.CompletedTask;
                },
            })
            .Build();

    // Polly does not allow longer delays.
    private static TimeSpan AtMostADay(TimeSpan delay) => delay > TimeSpan.FromDays(1) ? TimeSpan.FromDays(1) : delay;

    /// <summary>Methods that may be sent twice (RFC 9110 §9.2.2), without a body, because a body may be a stream that can be read only once.</summary>
    private static bool IsRepeatable(HttpRequestMessage request) =>
        request.Options.TryGetValue(IsSafe, out var isSafe) ? isSafe : request.Content is null
        && (request.Method == HttpMethod.Get || request.Method == HttpMethod.Head || request.Method == HttpMethod.Options);

    private static bool IsPassing(RetryPredicateArguments<HttpResponseMessage> arguments) =>
        arguments.Outcome switch
        {
            { Exception: HttpRequestException exception } => !ConnectionFault.Of(exception, arguments.Context.Properties.GetValue(Address, null!)).IsLasting,
            { Result.StatusCode: var status } => TransientErrors.Include(status),
            _ => false,
        };

    /// <summary>The wait that the server asks for, limited to the maximum. Null if it does not ask for one.</summary>
    private TimeSpan? ServersDelay(HttpResponseMessage? response)
    {
        var wait = RetryAfter.Read(response, _clock);
        return wait > _options.MaxRetryAfter ? _options.MaxRetryAfter : wait;
    }

    private void Log(OnRetryArguments<HttpResponseMessage> arguments)
    {
        // What the caller has waited for nothing: attempts that ended by a time-out, and waits.
        var properties = arguments.Context.Properties;
        var timedOut = arguments.Outcome.Exception is { } failed && ConnectionFault.IsTimeout(failed) ? arguments.Duration : TimeSpan.Zero;
        var waited = properties.GetValue(Waited, TimeSpan.Zero) + timedOut + arguments.RetryDelay;
        properties.Set(Waited, waited);
        var why = arguments.Outcome.Exception is { } exception ? ConnectionFault.Of(exception).Cause : $"status {(int)arguments.Outcome.Result!.StatusCode}";
        SendingLog.RetryingCall(_logger, arguments.AttemptNumber + 1, _options.MaxRetries, arguments.RetryDelay.TotalSeconds, why, waited.TotalSeconds);
    }
}
