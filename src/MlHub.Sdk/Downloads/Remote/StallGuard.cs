namespace MlHub.Sdk.Downloads.Remote;

/// <summary>
/// Reads a body, and gives up when less than 1 KiB arrives within the stall timeout: <c>HttpClient</c>'s own timeout ends with the headers.
/// </summary>
internal sealed class StallGuard : IDisposable
{
    private const int LeastBytes = 1024;
    private readonly Stream _body;
    private readonly Func<string, string> _scrub;
    private readonly TimeProvider _time;
    private readonly TimeSpan _timeout;
    private readonly CancellationToken _outer;
    private readonly CancellationTokenSource _stalled = new();
    private readonly CancellationTokenRegistration _registration;
    private readonly ITimer _timer;
    private long _bytes;
    private long _bytesAtTick;
    private bool _isReading;
    private bool _hasRested;

    internal StallGuard(Stream body, Func<string, string> scrub, TimeSpan timeout, TimeProvider time, CancellationToken cancellationToken)
    {
        _body = body;
        _scrub = scrub;
        _time = time;
        _timeout = timeout;
        _outer = cancellationToken;
        _registration = cancellationToken.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), _stalled);
        _timer = _time.CreateTimer(static state => ((StallGuard)state!).Tick(), this, timeout, timeout);
    }

    internal async ValueTask<int> ReadAsync(Memory<byte> buffer)
    {
        try
        {
            Volatile.Write(ref _isReading, true);
            var count = await _body.ReadAsync(buffer, _stalled.Token).ConfigureAwait(false);
            Volatile.Write(ref _isReading, false);
            _bytes += count;
            return count;
        }
        catch (OperationCanceledException) when (!_outer.IsCancellationRequested)
        {
            throw new TransientFailure($"The body stood still for {_timeout.TotalSeconds:0.#} s.") { IsThrottling = true };
        }
        catch (OperationCanceledException)
        {
            throw new OperationCanceledException(_outer);
        }
        catch (Exception broken) when (broken is IOException or HttpRequestException or ObjectDisposedException)
        {
            throw TransientFailure.Because("The connection broke", broken, _scrub);
        }
    }

    public void Dispose()
    {
        _timer.Dispose();
        _registration.Dispose();
        _stalled.Dispose();
    }

    // One look per interval instead of re-arming per read: a stall is noticed after one to two intervals' worth of silence at most.
    private void Tick()
    {
        // An interval in which the reader was busy elsewhere, with the disk or waiting for the digest, says nothing about the server.
        var bytes = Volatile.Read(ref _bytes);
        var isReading = Volatile.Read(ref _isReading);
        if (isReading && !_hasRested && bytes - _bytesAtTick < LeastBytes)
        {
            CancelQuietly();
        }

        _hasRested = !isReading;

        _bytesAtTick = bytes;
    }

    private void CancelQuietly()
    {
        try
        {
            _stalled.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The read ended at the same moment: there is nothing left to cancel.
        }
    }
}
