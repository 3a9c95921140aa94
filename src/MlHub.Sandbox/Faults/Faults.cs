using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace MlHub.Sandbox;

/// <summary>Applies the faults that a test has requested to incoming requests.</summary>
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
        ((int Status, TimeSpan? RetryAfter)? Failure, TimeSpan Delay, long? BytesPerSecond) faults;
        lock (_lock)
        {
            faults = (_failures.TryDequeue(out var first) ? first : null, _delay, _bytesPerSecond);
        }

        if (faults.Delay > TimeSpan.Zero)
        {
            await Task.Delay(faults.Delay, time, context.RequestAborted).ConfigureAwait(false);
        }

        if (faults.Failure is { } failure)
        {
            context.Response.StatusCode = failure.Status;
            if (failure.RetryAfter is { } wait)
            {
                context.Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
            }

            context.Response.ContentLength = 0;
            return;
        }

        context.Response.Body = new FaultyBody(context.Response.Body, context, TakeCut, faults.BytesPerSecond, time);
        try
        {
            await next(context).ConfigureAwait(false);
        }
        catch (FaultyBody.CutOffException)
        {
            // The response is shorter than its Content-Length, so Kestrel closes the connection after the written bytes.
        }
    }

    // The next cut applies to the next response that is long enough.
    private long? TakeCut(long? length)
    {
        lock (_lock)
        {
            return _cuts.TryPeek(out var bytes) && !(length <= bytes) ? _cuts.Dequeue() : null;
        }
    }
}
