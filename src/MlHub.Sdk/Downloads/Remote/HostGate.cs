namespace MlHub.Sdk.Downloads.Remote;

/// <summary>
/// How many connections one host may have from everything that a downloader does. A host that says it is overloaded gets half as many,
/// and one more for every so many good answers after that.
/// </summary>
internal sealed class HostGate
{
    private const int AnswersForOneMore = 8;
    private readonly Lock _lock = new();
    private readonly Queue<TaskCompletionSource<IDisposable>> _waiting = new();
    private readonly int _most;
    private int _limit;
    private int _open;
    private int _goodAnswers;
    private long _halvedAt = long.MinValue;

    internal HostGate(int most) => _limit = _most = most;

    /// <summary>Whether one more connection would not have to wait.</summary>
    internal bool HasRoom
    {
        get
        {
            lock (_lock)
            {
                return _open < _limit && _waiting.Count == 0;
            }
        }
    }

    internal int CurrentLimit
    {
        get
        {
            lock (_lock)
            {
                return _limit;
            }
        }
    }

    /// <summary>Waits for a place, or fails where none is free and nobody wants to wait.</summary>
    /// <exception cref="NoRoomAtHost">No place is free.</exception>
    internal async ValueTask<IDisposable> EnterAsync(bool waits, CancellationToken cancellationToken)
    {
        TaskCompletionSource<IDisposable> turn;
        lock (_lock)
        {
            if (_open < _limit && _waiting.Count == 0)
            {
                _open++;
                return new Slot(this);
            }

            if (!waits)
            {
                throw new NoRoomAtHost();
            }

            turn = new TaskCompletionSource<IDisposable>(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Enqueue(turn);
        }

        using (cancellationToken.UnsafeRegister(static (state, token) => ((TaskCompletionSource<IDisposable>)state!).TrySetCanceled(token), turn))
        {
            return await turn.Task.ConfigureAwait(false);
        }
    }

    /// <summary>Halves the connections; once for all requests that were under way together.</summary>
    /// <param name="begunAt">When the request began that was answered so.</param>
    /// <param name="now">The time, by the same clock.</param>
    internal void Overloaded(long begunAt, long now)
    {
        lock (_lock)
        {
            if (begunAt < _halvedAt)
            {
                return;
            }

            _halvedAt = now;
            _limit = Math.Max(1, _limit / 2);
            _goodAnswers = 0;
        }
    }

    internal void Answered()
    {
        lock (_lock)
        {
            if (_limit < _most && ++_goodAnswers >= AnswersForOneMore)
            {
                _limit++;
                _goodAnswers = 0;
                Admit();
            }
        }
    }

    private void Leave()
    {
        lock (_lock)
        {
            _open--;
            Admit();
        }
    }

    private void Admit()
    {
        while (_open < _limit && _waiting.TryDequeue(out var turn))
        {
            // One whose caller gave up is passed over.
            if (turn.TrySetResult(new Slot(this)))
            {
                _open++;
            }
        }
    }

    private sealed class Slot(HostGate gate) : IDisposable
    {
        private HostGate? _gate = gate;

        public void Dispose() => Interlocked.Exchange(ref _gate, null)?.Leave();
    }
}
