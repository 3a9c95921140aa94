namespace MlHub.Sdk;

/// <summary>
/// Cancels reading a body that delivers less than 1 KiB within the stall time-out. HttpClient's own time-out covers only the headers. The check runs once per
/// interval instead of setting a timer for each read, so a stall can take up to twice as long to be detected.
/// </summary>
internal sealed class StallGuard(TimeSpan timeout, TimeProvider time) : IDisposable
{
    private const int LeastBytes = 1024;
    private readonly CancellationTokenSource _stalled = new();
    private CancellationTokenRegistration _registration;
    private ITimer? _timer;
    private long _bytes;
    private long _bytesAtTick;
    private bool _isReading;
    private bool _hasRested;

    /// <summary>The token for reads.</summary>
    internal CancellationToken Token => _stalled.Token;

    /// <summary>The caller's own token, which also cancels reading.</summary>
    internal CancellationToken Caller { get; private set; }

    /// <summary>The message of a cancelled read.</summary>
    internal string Words => $"less than 1 KiB arrived in {Seconds.Text(timeout)}";

    /// <summary>Lets the caller's token cancel reading from now on.</summary>
    internal void StopOn(CancellationToken cancellationToken)
    {
        if (cancellationToken == Caller)
        {
            return;
        }

        _registration.Dispose();
        Caller = cancellationToken;
        _registration = cancellationToken.UnsafeRegister(static state => ((StallGuard)state!).Stop(), this);
    }

    /// <summary>Called before each read.</summary>
    internal void Begin()
    {
        Volatile.Write(ref _isReading, true);
        _timer ??= time.CreateTimer(static state => ((StallGuard)state!).Tick(), this, timeout, timeout);
    }

    /// <summary>Called after each read, with the number of bytes.</summary>
    internal void End(int bytes)
    {
        Volatile.Write(ref _isReading, false);
        Volatile.Write(ref _bytes, _bytes + bytes);
    }

    public void Dispose()
    {
        _timer?.Dispose();
        _registration.Dispose();
        _stalled.Dispose();
    }

    private void Tick()
    {
        // An interval in which the reader was busy with the disk or a digest says nothing about the server.
        var bytes = Volatile.Read(ref _bytes);
        var isReading = Volatile.Read(ref _isReading);
        if (isReading && !_hasRested && bytes - _bytesAtTick < LeastBytes)
        {
            Stop();
        }

        _hasRested = !isReading;
        _bytesAtTick = bytes;
    }

    private void Stop()
    {
        try
        {
            _stalled.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The read ended at the same moment, so there is nothing to cancel.
        }
    }
}
