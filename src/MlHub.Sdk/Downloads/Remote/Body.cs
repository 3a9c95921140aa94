using System.Net.Sockets;
using MlHub.Sdk.Downloads.Pacing;

namespace MlHub.Sdk.Downloads.Remote;

/// <summary>
/// The body of an answer. It gives up when less than 1 KiB arrives within the stall time-out: HttpClient's own time-out ends with the headers. A body
/// that breaks is told by a fault and not by an exception, since whoever reads it goes on elsewhere.
/// </summary>
internal sealed class Body : IDisposable
{
    private const int LeastBytes = 1024;
    private const int PeekSize = 512;
    private const int LeastPeeked = 16;
    private readonly Stream _stream;
    private readonly bool _gathers;
    private readonly Func<string, string> _scrub;
    private readonly TimeSpan _stallTimeout;
    private readonly CancellationTokenSource _stalled = new();
    private readonly ITimer _timer;
    private CancellationTokenRegistration _registration;
    private CancellationToken _caller;
    private ReadOnlyMemory<byte> _peeked;
    private Task<int>? _ready;
    private long _bytes;
    private long _bytesAtTick;
    private bool _isReading;
    private bool _hasRested;

    /// <param name="stream">The bytes.</param>
    /// <param name="gathers">Whether one read brings little though more is there, as TLS does with its records of 16 KiB.</param>
    /// <param name="scrub">Takes secrets out of error messages.</param>
    /// <param name="stallTimeout">How long the body may stand still.</param>
    /// <param name="time">The clock.</param>
    internal Body(Stream stream, bool gathers, Func<string, string> scrub, TimeSpan stallTimeout, TimeProvider time)
    {
        (_stream, _gathers, _scrub, _stallTimeout) = (stream, gathers, scrub, stallTimeout);
        _timer = time.CreateTimer(static state => ((Body)state!).Tick(), this, stallTimeout, stallTimeout);
    }

    /// <summary>Why the body broke; null as long as it did not.</summary>
    internal Fault? Fault { get; private set; }

    /// <summary>From now on the token ends reading.</summary>
    internal void StopOn(CancellationToken cancellationToken)
    {
        _registration.Dispose();
        _caller = cancellationToken;
        _registration = cancellationToken.UnsafeRegister(static state => ((Body)state!).Stop(), this);
    }

    /// <summary>Looks at the first bytes, which stay to be read. There may be fewer than 16 only when the body ends or breaks.</summary>
    internal async ValueTask<ReadOnlyMemory<byte>> PeekAsync()
    {
        var buffer = new byte[PeekSize];
        var filled = 0;
        while (filled < LeastPeeked && await ReadAsync(buffer.AsMemory(filled)).ConfigureAwait(false) is > 0 and var count)
        {
            filled += count;
        }

        return _peeked = buffer.AsMemory(0, filled);
    }

    /// <summary>Reads what is there, at least one byte.</summary>
    /// <returns>The number of bytes; 0 at the end; below 0 when the body broke, which <see cref="Fault"/> tells.</returns>
    internal async ValueTask<int> ReadAsync(Memory<byte> buffer)
    {
        if (!_peeked.IsEmpty)
        {
            var peeked = _peeked[..Math.Min(_peeked.Length, buffer.Length)];
            peeked.CopyTo(buffer);
            _peeked = _peeked[peeked.Length..];
            return peeked.Length;
        }

        return await GuardAsync(buffer).ConfigureAwait(false);
    }

    /// <summary>Reads as much as is there without waiting for more, at least one byte: so that it can be written to disk at once.</summary>
    /// <returns>As <see cref="ReadAsync"/>.</returns>
    internal async ValueTask<int> FillAsync(Memory<byte> buffer)
    {
        var filled = await ReadAsync(buffer).ConfigureAwait(false);
        while (_gathers && filled > 0 && filled < buffer.Length && IsMoreThere())
        {
            var count = await ReadAsync(buffer[filled..]).ConfigureAwait(false);
            if (count <= 0)
            {
                break;
            }

            filled += count;
        }

        return filled;
    }

    public void Dispose()
    {
        _timer.Dispose();
        _registration.Dispose();
        _stalled.Dispose();
    }

    // A read of no bytes completes when there are some, and ties up no buffer meanwhile.
    private bool IsMoreThere()
    {
        if (Fault is not null)
        {
            return false;
        }

        try
        {
            var ready = _stream.ReadAsync(Memory<byte>.Empty, _stalled.Token);
            if (ready.IsCompletedSuccessfully)
            {
                return true;
            }

            _ready = ready.AsTask();
            return false;
        }
        catch (Exception broken) when (broken is IOException or HttpRequestException or ObjectDisposedException or SocketException)
        {
            // The next read tells it.
            return false;
        }
    }

    private async ValueTask<int> GuardAsync(Memory<byte> buffer)
    {
        if (Fault is not null)
        {
            return -1;
        }

        try
        {
            Volatile.Write(ref _isReading, true);
            if (_ready is { } ready)
            {
                _ready = null;
                await ready.ConfigureAwait(false);
            }

            var count = await _stream.ReadAsync(buffer, _stalled.Token).ConfigureAwait(false);
            Volatile.Write(ref _isReading, false);
            _bytes += count;
            return count;
        }
        catch (OperationCanceledException) when (_caller.IsCancellationRequested)
        {
            throw new OperationCanceledException(_caller);
        }
        catch (OperationCanceledException)
        {
            return Break(new Fault(FaultKind.Passing, $"The body stood still for {_stallTimeout.TotalSeconds:0.#} s.") { IsOverload = true });
        }
        catch (Exception broken) when (broken is IOException or HttpRequestException or ObjectDisposedException or SocketException)
        {
            return Break(Faults.Broken("The connection broke", broken, _scrub));
        }
    }

    private int Break(Fault fault)
    {
        Fault = fault;
        return -1;
    }

    // One look per interval instead of a timer per read: a body may stand still for up to two intervals before that is noticed.
    private void Tick()
    {
        // An interval in which the reader was busy elsewhere, with the disk or the digest, says nothing about the server.
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
            // The read ended at the same moment: there is nothing left to stop.
        }
    }
}
