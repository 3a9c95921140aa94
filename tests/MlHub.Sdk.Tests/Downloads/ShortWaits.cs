using System.Collections.Concurrent;

namespace MlHub.Sdk.Tests.Downloads;

/// <summary>A clock that stands at the year 2000, and on which waits of a second to a minute are over at once; time-outs are longer than that, or are set so.</summary>
internal sealed class ShortWaits : TimeProvider
{
    public ConcurrentQueue<TimeSpan> Waits { get; } = new();

    public override DateTimeOffset GetUtcNow() => new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var isWait = period == Timeout.InfiniteTimeSpan && dueTime >= TimeSpan.FromSeconds(1) && dueTime <= TimeSpan.FromMinutes(1);
        if (isWait)
        {
            Waits.Enqueue(dueTime);
        }

        return base.CreateTimer(callback, state, isWait ? TimeSpan.Zero : dueTime, period);
    }
}
