using Microsoft.Extensions.Logging;
using Polly;
using Polly.Retry;

namespace MlHub.Sdk;

/// <summary>Retries requests after temporary failures, by the rules of <see cref="ApiRetry"/>.</summary>
internal sealed class RetryHandler : DelegatingHandler
{
    private static readonly ResiliencePropertyKey<HttpRequestMessage> Request = new("MlHub.Sdk.Request");
    private static readonly ResiliencePropertyKey<TimeSpan> Waited = new("MlHub.Sdk.Waited");

    private readonly ResiliencePipeline<HttpResponseMessage> _pipeline;
    private readonly TransferOptions _options;
    private readonly ILogger _logger;

    public RetryHandler(TransferOptions options, TimeProvider clock, ILogger logger, HttpMessageHandler inner)
        : base(inner)
    {
        _options = options;
        _logger = logger;
        _pipeline = options.MaxRetries == 0 ? ResiliencePipeline<HttpResponseMessage>.Empty : Pipeline(clock);
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (!ApiRetry.IsRepeatable(request))
        {
            return await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        }

        var context = ResilienceContextPool.Shared.Get(cancellationToken);
        context.Properties.Set(Request, request);
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

    private ResiliencePipeline<HttpResponseMessage> Pipeline(TimeProvider clock)
    {
        var retry = ApiRetry.Options(_options, clock, context => context.Properties.GetValue(Request, null!));
        retry.OnRetry = arguments =>
        {
            Log(arguments);
            arguments.Outcome.Result?.Dispose();
            return ValueTask.CompletedTask;
        };
        return new ResiliencePipelineBuilder<HttpResponseMessage> { TimeProvider = clock }.AddRetry(retry).Build();
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
