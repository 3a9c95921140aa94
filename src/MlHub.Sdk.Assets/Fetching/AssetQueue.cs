using MlHub.Sdk.Downloads.Remote;

namespace MlHub.Sdk.Assets.Fetching;

/// <summary>
/// Decides which file is next. Files whose host must wait give their place to files of other hosts. One thread at a time may use it.
/// </summary>
/// <param name="works">The files, in order. They are not read further while many wait.</param>
/// <param name="services">Has the limits of the hosts. Null for a downloader of the caller.</param>
/// <param name="time">The clock.</param>
internal sealed class AssetQueue(IEnumerator<AssetWork> works, DownloadServices? services, TimeProvider time)
{
    // Files of hosts that must wait. More are not read ahead.
    private const int MostWaiting = 4096;

    private readonly Dictionary<(string Host, int Port), HostQueue> _hosts = [];
    private readonly PriorityQueue<AssetWork, long> _later = new();
    private int _waiting;
    private bool _isRead;

    /// <summary>Whether no file is left, except those that run.</summary>
    internal bool IsEmpty => _isRead && _waiting == 0;

    /// <summary>The next file that may be fetched now, if there is one. It counts as running at its host until <see cref="HostQueue.Running"/> is lowered.</summary>
    internal (AssetWork Work, HostQueue Host)? TryTake()
    {
        if (Next() is not { } work)
        {
            return null;
        }

        var host = HostOf(work);
        host.Running++;
        return (work, host);
    }

    /// <summary>Fetches a file again later, while others go on.</summary>
    /// <param name="work">The file.</param>
    /// <param name="until">When, as a timestamp.</param>
    internal void Postpone(AssetWork work, long until)
    {
        _waiting++;
        _later.Enqueue(work, until);
    }

    /// <summary>Fetches a file again as soon as its host may be asked.</summary>
    internal void Return(AssetWork work)
    {
        _waiting++;
        HostOf(work).Waiting.Enqueue(work);
    }

    /// <summary>The time until a file may be fetched that waits now. Null if only the end of another file can change that.</summary>
    internal TimeSpan? UntilNext()
    {
        var now = time.GetTimestamp();
        var next = _later.TryPeek(out _, out var due) ? due : long.MaxValue;
        foreach (var host in _hosts.Values)
        {
            if (host.Waiting.Count > 0 && host.PausedUntil > now)
            {
                next = Math.Min(next, host.PausedUntil);
            }
        }

        return next == long.MaxValue ? null : next <= now ? TimeSpan.FromMilliseconds(1) : time.GetElapsedTime(now, next) + TimeSpan.FromMilliseconds(1);
    }

    private AssetWork? Next()
    {
        var now = time.GetTimestamp();
        while (_later.TryPeek(out var due, out var at) && at <= now)
        {
            HostOf(_later.Dequeue()).Waiting.Enqueue(due);
        }

        foreach (var host in _hosts.Values)
        {
            if (host.Waiting.Count > 0 && host.IsReady(now))
            {
                _waiting--;
                return host.Waiting.Dequeue();
            }
        }

        while (_waiting < MostWaiting && !_isRead)
        {
            if (!works.MoveNext())
            {
                _isRead = true;
                return null;
            }

            if (HostOf(works.Current).IsReady(now))
            {
                return works.Current;
            }

            Return(works.Current);
        }

        return null;
    }

    private HostQueue HostOf(AssetWork work)
    {
        var key = (work.Url.Host, work.Url.Port);
        if (!_hosts.TryGetValue(key, out var host))
        {
            _hosts[key] = host = new HostQueue(services?.Limits.Of(work.Url));
        }

        return host;
    }
}
