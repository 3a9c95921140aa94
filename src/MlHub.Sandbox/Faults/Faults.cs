using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace MlHub.Sandbox;

/// <summary>The faults that a test has ordered, applied to the requests as they come.</summary>
internal sealed class Faults(TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly Queue<(int Status, TimeSpan? RetryAfter)> _failures = new();
    private readonly Queue<long> _cuts = new();
    private TimeSpan _delay;
    private long? _bytesPerSecond;

    public TimeSpan Delay
    {
        set
        {
            lock (_lock)
            {
                _delay = value;
            }
        }
    }

    public long? BytesPerSecond
    {
        set
        {
            lock (_lock)
            {
                _bytesPerSecond = value;
            }
        }
    }

    public void FailNext(int status, int times, TimeSpan? retryAfter)
    {
        lock (_lock)
        {
            for (var n = 0; n < times; n++)
            {
                _failures.Enqueue((status, retryAfter));
            }
        }
    }

    public void CutAfter(long bytes, int times)
    {
        lock (_lock)
        {
            for (var n = 0; n < times; n++)
            {
                _cuts.Enqueue(bytes);
            }
        }
    }

    public async Task ApplyAsync(HttpContext context, RequestDelegate next)
    {
        ((int Status, TimeSpan? RetryAfter)? Failure, TimeSpan Delay, long? BytesPerSecond) ordered;
        lock (_lock)
        {
            ordered = (_failures.TryDequeue(out var failure) ? failure : null, _delay, _bytesPerSecond);
        }

        if (ordered.Delay > TimeSpan.Zero)
        {
            await Task.Delay(ordered.Delay, time, context.RequestAborted).ConfigureAwait(false);
        }

        if (ordered.Failure is { } fails)
        {
            context.Response.StatusCode = fails.Status;
            if (fails.RetryAfter is { } wait)
            {
                context.Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
            }

            context.Response.ContentLength = 0;
            return;
        }

        context.Response.Body = new FaultyBody(context.Response.Body, context, TakeCut, ordered.BytesPerSecond, time);
        try
        {
            await next(context).ConfigureAwait(false);
        }
        catch (FaultyBody.CutOffException)
        {
            // An answer that is shorter than it said makes the host close the connection, after what is written.
        }
    }

    // An answer that is long enough to be cut takes the next cut.
    private long? TakeCut(long? length)
    {
        lock (_lock)
        {
            return _cuts.TryPeek(out var bytes) && !(length <= bytes) ? _cuts.Dequeue() : null;
        }
    }
}
