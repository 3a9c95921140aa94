using System.Globalization;
using System.Net;

namespace MlHub.Sdk.Downloads.Pacing;

/// <summary>
/// Decides when one download may send requests, and how often it retries. All its connections share one count: if a server is down, all of them fail, and that
/// counts as one failure. Requests are grouped into rounds. The first failure of a round is counted and makes all connections wait. The other failures of that
/// round are not counted. The next round begins for all connections when the wait is over and all requests of the last round have ended.
/// </summary>
internal sealed class Retries(TransferOptions options, TimeProvider time, Action<Fault, TimeSpan> onRetry) : IDisposable
{
    // A request that hangs must not delay the others for as long as it hangs.
    private static readonly TimeSpan MaxPendingTime = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _ended = new();
    private int _round;
    private int _asking;
    private int _stragglers;
    private TaskCompletionSource? _noStragglers;
    private TaskCompletionSource? _answered;
    private TaskCompletionSource<int>? _nextRound;
    private int _waiting;
    private int _inARow;
    private int _total;
    private bool _hasBytes;

    /// <summary>The number of retries.</summary>
    internal int Total => Volatile.Read(ref _total);

    /// <summary>Whether usable bytes were received.</summary>
    internal bool HasBytes => Volatile.Read(ref _hasBytes);

    /// <summary>Whether all connections are waiting and none may send a request.</summary>
    internal bool IsWaiting => Volatile.Read(ref _nextRound) is not null;

    /// <summary>Waits until a request may be sent.</summary>
    /// <returns>The round that the request belongs to. Dispose of it when the request has ended.</returns>
    internal async ValueTask<Round> AskAsync(CancellationToken cancellationToken)
    {
        Task<int> next;
        lock (_lock)
        {
            if (_nextRound is null)
            {
                _asking++;
                return new Round(this, _round, time.GetTimestamp());
            }

            next = _nextRound.Task;
            _waiting++;
        }

        try
        {
            // The round is the one that was waited for, even if this task resumes late.
            return new Round(this, await next.WaitAsync(cancellationToken).ConfigureAwait(false), time.GetTimestamp());
        }
        catch (OperationCanceledException)
        {
            Abandon(next);
            throw;
        }
    }

    /// <summary>Counts a failure, unless another failure of its round was counted, and makes all connections wait for the next round.</summary>
    /// <exception cref="DownloadException">There were too many failures, or the server asks for a longer wait than is allowed.</exception>
    internal void Failed(Round round, Fault fault)
    {
        if (fault.RetryAfter > options.MaxRetryAfter)
        {
            throw GiveUp(fault, string.Create(
                CultureInfo.InvariantCulture,
                $"The server asks for a wait of {fault.RetryAfter.Value.TotalSeconds:0} s for {fault.Url}, which is more than MaxRetryAfter ({options.MaxRetryAfter.TotalSeconds:0} s). {Again("Run the download again later")}"));
        }

        TimeSpan delay;
        lock (_lock)
        {
            if (round.Number != _round || _nextRound is not null)
            {
                return;
            }

            // An odd response is not an outage, and does not count as a consecutive failure.
            _total++;
            _inARow += fault.Kind == FaultKind.Odd ? 0 : 1;
            if (_inARow > options.MaxRetries)
            {
                throw GiveUp(fault, $"Gave up on {fault.Url} after {_inARow} consecutive failures. {Last(fault)} {Again("Run the download again")}");
            }

            if (_total > options.MaxTotalRetries)
            {
                throw GiveUp(fault, $"Gave up on {fault.Url} after {_total} failures in total. {Last(fault)} {Again("Run the download again")}");
            }

            delay = Delay(Math.Max(1, _inARow), fault.RetryAfter);
            _nextRound = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
            _answered = fault.RetryAfter is null ? new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously) : null;
            _stragglers = _asking - (round.IsOver ? 0 : 1);
            _noStragglers = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _asking = 0;
            if (_stragglers == 0)
            {
                _noStragglers.SetResult();
            }

            round.Leave();
        }

        onRetry(fault, delay);
        _ = BeginNextRoundAsync(delay);
    }

    /// <summary>Called for every piece of usable bytes. It resets the count of consecutive failures and ends the wait of the other connections.</summary>
    internal void Progress(Round round)
    {
        if (Volatile.Read(ref _inARow) == 0 && Volatile.Read(ref _hasBytes) && round.IsOver)
        {
            return;
        }

        lock (_lock)
        {
            (_inARow, _hasBytes) = (0, true);
            Leave(round);
            _answered?.TrySetResult();
        }
    }

    /// <summary>Called when the received bytes are discarded, so that there is nothing left to resume.</summary>
    internal void StartedAgain() => Volatile.Write(ref _hasBytes, false);

    public void Dispose()
    {
        _ended.Cancel();
        _ended.Dispose();
    }

    private async Task BeginNextRoundAsync(TimeSpan delay)
    {
        var (answered, noStragglers) = (_answered?.Task, _noStragglers!.Task);
        try
        {
            var wait = Task.Delay(delay, time, _ended.Token);
            await (answered is null ? wait : await Task.WhenAny(wait, answered).ConfigureAwait(false)).ConfigureAwait(false);
            if (!noStragglers.IsCompleted)
            {
                await Task.WhenAny(noStragglers, Task.Delay(MaxPendingTime, time, _ended.Token)).ConfigureAwait(false);
            }
        }
        catch (Exception over) when (over is OperationCanceledException or ObjectDisposedException)
        {
            // The download has ended, and all waits are being cancelled.
            return;
        }

        TaskCompletionSource<int> next;
        int number;
        lock (_lock)
        {
            (next, _nextRound) = (_nextRound!, null);
            number = ++_round;
            (_asking, _waiting) = (_asking + _waiting, 0);
        }

        next.SetResult(number);
    }

    private void Abandon(Task<int> next)
    {
        lock (_lock)
        {
            if (_nextRound?.Task == next)
            {
                _waiting--;
            }
            else if (next.IsCompletedSuccessfully && next.Result == _round)
            {
                _asking--;
            }
        }
    }

    // Under the lock.
    private void Leave(Round round)
    {
        if (round.IsOver)
        {
            return;
        }

        round.Leave();
        if (round.Number == _round && _nextRound is null)
        {
            _asking--;
        }
        else if (--_stragglers <= 0)
        {
            _noStragglers?.TrySetResult();
        }
    }

    // Jitter keeps many clients from retrying at the same moment. A Retry-After is a minimum, so jitter never shortens it.
    private TimeSpan Delay(int attempt, TimeSpan? retryAfter)
    {
        var seconds = Math.Min(options.RetryBaseDelay.TotalSeconds * Math.Pow(2, attempt - 1), options.RetryMaxDelay.TotalSeconds);
#pragma warning disable CA5394 // Jitter needs no cryptographic randomness.
        var jittered = TimeSpan.FromSeconds(seconds * (0.5 + (Random.Shared.NextDouble() / 2)));
#pragma warning restore CA5394
        return retryAfter > jittered ? retryAfter.Value : jittered;
    }

    private string Again(string advice) => Volatile.Read(ref _hasBytes) ? $"{advice}: it resumes." : $"{advice}.";

    private static string Last(Fault fault) => $"{fault.Message}{ServerWords.Quote(fault.ServerWords)}";

    private static DownloadException GiveUp(Fault fault, string message) => new(fault.Status == HttpStatusCode.Accepted ? DownloadFailure.NotReady : DownloadFailure.Network, message, fault.Cause)
    {
        StatusCode = fault.Status,
        RequestUrl = fault.Url,
        ServerMessage = fault.ServerWords,
    };

    /// <summary>The participation of one request in a round.</summary>
    internal sealed class Round(Retries retries, int number, long begunAt) : IDisposable
    {
        internal int Number { get; } = number;

        /// <summary>When the request began, by the clock's timestamps.</summary>
        internal long BegunAt { get; } = begunAt;

        internal bool IsOver { get; private set; }

        internal void Leave() => IsOver = true;

        public void Dispose()
        {
            lock (retries._lock)
            {
                retries.Leave(this);
            }
        }
    }
}
