using MlHub.Sdk.Downloads.Remote;

namespace MlHub.Sdk.Downloads.Transfer;

/// <summary>What is done about a passing failure wherever it happens: it is counted and told, its host gets fewer connections, and all wait.</summary>
internal sealed class Retries(DownloadContext context, RemoteOpener opener, Uri url)
{
    private readonly RetryBudget _budget = new(context.Options, url);
    private volatile Task _turn = Task.CompletedTask;

    /// <summary>How often something was tried again.</summary>
    internal int Total => _budget.Total;

    /// <summary>Whether nobody asks the server just now.</summary>
    internal bool IsWaiting => !_turn.IsCompleted;

    /// <summary>Notes a failure.</summary>
    /// <param name="failure">What failed.</param>
    /// <param name="begunAt">When the request began that failed.</param>
    /// <returns>How long whoever failed is to wait, beside the turn that all wait for.</returns>
    /// <exception cref="DownloadException">There have been too many, or the server asks for a longer wait than is allowed.</exception>
    internal TimeSpan Note(TransientFailure failure, long begunAt)
    {
        var delay = _budget.Spend(failure, begunAt, out var isNew);
        if (failure.IsThrottling)
        {
            opener.GateFor(failure).Overloaded(begunAt, context.Options.TimeProvider.GetTimestamp());
        }

        if (isNew)
        {
            _turn = Task.Delay(delay, context.Options.TimeProvider);
            DownloadTelemetry.Retried();
            DownloadLog.Retrying(context.Logger, failure.Message, RedactedUrl.Of(url), delay);
        }

        return delay;
    }

    /// <summary>Waits until the server may be asked: while it is down, each connection that found out would count, and ask, for itself.</summary>
    internal async Task WaitForTurnAsync(CancellationToken cancellationToken)
    {
        while (_turn is { IsCompleted: false } turn)
        {
            await turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Called when the server has answered: all may ask again.</summary>
    internal void Answered()
    {
        if (!_turn.IsCompleted)
        {
            _turn = Task.CompletedTask;
        }
    }

    /// <summary>Called for every piece that arrives and is kept.</summary>
    internal void Progress()
    {
        _budget.Progress();
        Answered();
    }

    /// <summary>Nothing is there any more that could be resumed.</summary>
    internal void StartedAgain() => _budget.StartedAgain();
}
