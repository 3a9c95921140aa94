using System.Globalization;
using System.Net;

namespace MlHub.Sdk.Downloads.Pacing;

/// <summary>
/// When one download may ask its server, and how often it tries again. All its connections share one count: when a server is down, each of them
/// notices, and that is one failure. They ask in rounds. The first failure of a round is counted and makes all wait; the other failures of that round
/// are not counted. The next round begins for all at once when the wait is over and the last round is.
/// </summary>
internal sealed class Retries(TransferOptions options, TimeProvider time, Action<Fault, TimeSpan> onRetry) : IDisposable
{
    // A request that hangs must not keep the others from asking for as long as it hangs.
    private static readonly TimeSpan LongestStraggling = TimeSpan.FromSeconds(2);

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

    /// <summary>How often something was tried again.</summary>
    internal int Total => Volatile.Read(ref _total);

    /// <summary>Whether bytes came that are kept.</summary>
    internal bool HasBytes => Volatile.Read(ref _hasBytes);

    /// <summary>Whether nobody asks the server at the moment.</summary>
    internal bool IsWaiting => Volatile.Read(ref _nextRound) is not null;

    /// <summary>Waits until the server may be asked.</summary>
    /// <returns>The round that the request belongs to. Dispose of it when the request is over.</returns>
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
            // The round is the one that was waited for, however late this task wakes up.
            return new Round(this, await next.WaitAsync(cancellationToken).ConfigureAwait(false), time.GetTimestamp());
        }
        catch (OperationCanceledException)
        {
            Abandon(next);
            throw;
        }
    }

    /// <summary>Counts a failure, unless another of its round was counted, and makes all wait before the next round.</summary>
    /// <exception cref="DownloadException">There were too many failures, or the server asks for a longer wait than is allowed.</exception>
    internal void Failed(Round round, Fault fault)
    {
        if (fault.RetryAfter > options.MaxRetryAfter)
        {
            throw GiveUp(fault, string.Create(
                CultureInfo.InvariantCulture,
                $"The server asks, for {fault.Url}, to wait {fault.RetryAfter.Value.TotalSeconds:0} s, longer than the {options.MaxRetryAfter.TotalSeconds:0} s allowed. {Again("Run it again later")}"));
        }

        TimeSpan delay;
        lock (_lock)
        {
            if (round.Number != _round || _nextRound is not null)
            {
                return;
            }

            // An odd answer is no outage, and uses up no retries in a row.
            _total++;
            _inARow += fault.Kind == FaultKind.Odd ? 0 : 1;
            if (_inARow > options.MaxRetries)
            {
                throw GiveUp(fault, $"Gave up on {fault.Url} after {_inARow} failures in a row. {Last(fault)} {Again("Run it again")}");
            }

            if (_total > options.MaxTotalRetries)
            {
                throw GiveUp(fault, $"Gave up on {fault.Url} after {_total} failures in all. {Last(fault)} {Again("Run it again")}");
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

    /// <summary>Called for every piece that arrives and is kept: the failures in a row are over, and nobody needs to wait any longer.</summary>
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

    /// <summary>Called when what was fetched is thrown away: there is nothing left to resume.</summary>
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
                await Task.WhenAny(noStragglers, Task.Delay(LongestStraggling, time, _ended.Token)).ConfigureAwait(false);
            }
        }
        catch (Exception over) when (over is OperationCanceledException or ObjectDisposedException)
        {
            // The download is over, and whoever waits is being cancelled.
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

    // Jitter keeps many clients from coming back all at once. A Retry-After is a least, and is never shortened by it.
    private TimeSpan Delay(int attempt, TimeSpan? retryAfter)
    {
        var seconds = Math.Min(options.RetryBaseDelay.TotalSeconds * Math.Pow(2, attempt - 1), options.RetryMaxDelay.TotalSeconds);
#pragma warning disable CA5394 // Jitter is no secret.
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

    /// <summary>One request's part in a round.</summary>
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
