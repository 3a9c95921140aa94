using Microsoft.Extensions.Time.Testing;

namespace MlHub.Sdk.Tests;

/// <summary>A clock that starts at 2026, and skips each wait that the test selects.</summary>
internal sealed class SkippingClock(Func<TimeSpan, bool> skip) : FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero))
{
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        if (dueTime > TimeSpan.Zero && skip(dueTime))
        {
            ThreadPool.QueueUserWorkItem(_ => Advance(dueTime));
        }

        return timer;
    }
}
