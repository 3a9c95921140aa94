using System.Collections.Concurrent;

namespace MlHub.Sdk.Tests.Downloads;

/// <summary>The system's clock, except that timers of one duration end only when the test ends them.</summary>
internal sealed class TimersOnDemand(TimeSpan length) : TimeProvider
{
    private readonly ConcurrentDictionary<Held, bool> _held = [];

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime != length)
        {
            return base.CreateTimer(callback, state, dueTime, period);
        }

        var timer = new Held(() => callback(state), timer => _held.TryRemove(timer, out _));
        _held[timer] = true;
        return timer;
    }

    /// <summary>That length of time is over for whoever waits for it.</summary>
    public void Elapse()
    {
        foreach (var timer in _held.Keys)
        {
            timer.Ring();
        }
    }

    private sealed class Held(Action ring, Action<Held> forget) : ITimer
    {
        public void Ring() => ring();

        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose() => forget(this);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
