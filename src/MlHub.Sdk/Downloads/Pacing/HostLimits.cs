using System.Collections.Concurrent;

namespace MlHub.Sdk.Downloads.Pacing;

/// <summary>Limits the number of connections to each host, for all downloads of one downloader.</summary>
internal sealed class HostLimits(int most)
{
    private readonly ConcurrentDictionary<(string Host, int Port), HostLimit> _hosts = new();

    internal HostLimit Of(Uri url) => _hosts.GetOrAdd((url.Host, url.Port), static (_, most) => new HostLimit(most), most);
}

/// <summary>
/// The limit of one host. If the host is overloaded, the limit is halved. After that it increases by one for every eight successful responses.
/// </summary>
internal sealed class HostLimit(int most)
{
    private const int ResponsesPerIncrease = 8;
    private readonly Lock _lock = new();
    private readonly Queue<TaskCompletionSource<IDisposable>> _waiting = new();
    private readonly int _most = most;
    private int _limit = most;
    private int _open;
    private int _goodAnswers;
    private long _halvedAt = long.MinValue;

    /// <summary>Whether another connection is available without waiting.</summary>
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

    internal int Current
    {
        get
        {
            lock (_lock)
            {
                return _limit;
            }
        }
    }

    /// <summary>Takes a slot for one connection. Null if none is free and the caller does not wait.</summary>
    internal async ValueTask<IDisposable?> EnterAsync(bool waits, CancellationToken cancellationToken)
    {
        TaskCompletionSource<IDisposable> turn;
        lock (_lock)
        {
            if (_open < _limit && _waiting.Count == 0)
            {
                _open++;
                return new Place(this);
            }

            if (!waits)
            {
                return null;
            }

            turn = new TaskCompletionSource<IDisposable>(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Enqueue(turn);
        }

        using (cancellationToken.UnsafeRegister(static (state, token) => ((TaskCompletionSource<IDisposable>)state!).TrySetCanceled(token), turn))
        {
            return await turn.Task.ConfigureAwait(false);
        }
    }

    /// <summary>Halves the limit, once for all requests that were running at the same time.</summary>
    /// <param name="begunAt">When the request started that overloaded the host.</param>
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

    internal void Responded()
    {
        lock (_lock)
        {
            if (_limit < _most && ++_goodAnswers >= ResponsesPerIncrease)
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
            // Cancelled callers are skipped.
            if (turn.TrySetResult(new Place(this)))
            {
                _open++;
            }
        }
    }

    private sealed class Place(HostLimit host) : IDisposable
    {
        private HostLimit? _host = host;

        public void Dispose() => Interlocked.Exchange(ref _host, null)?.Leave();
    }
}
