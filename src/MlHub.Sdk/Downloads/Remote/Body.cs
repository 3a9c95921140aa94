using System.Net.Sockets;
using MlHub.Sdk.Downloads.Pacing;

namespace MlHub.Sdk.Downloads.Remote;

/// <summary>
/// The body of a response. A body that breaks or stalls is reported by a fault and not by an exception, because the reader continues with another request.
/// </summary>
internal sealed class Body : IDisposable
{
    private readonly HttpContent _content;
    private readonly Uri _where;
    private readonly bool _gathers;
    private readonly Func<string, string> _scrub;
    private readonly StallGuard _guard;
    private ReadOnlyMemory<byte> _peeked;
    private Stream? _stream;
    private Task<int>? _ready;

    /// <param name="content">The bytes.</param>
    /// <param name="where">The address of the body, without secrets.</param>
    /// <param name="gathers">Whether a read returns few bytes although more are available, as with the 16 KiB records of TLS.</param>
    /// <param name="scrub">Removes secrets from error messages.</param>
    /// <param name="stallTimeout">How long the body may stall.</param>
    /// <param name="time">The clock.</param>
    internal Body(HttpContent content, Uri where, bool gathers, Func<string, string> scrub, TimeSpan stallTimeout, TimeProvider time)
    {
        (_content, _where, _gathers, _scrub) = (content, where, gathers, scrub);
        _guard = new StallGuard(stallTimeout, time);
    }

    /// <summary>The reason why the body broke. Null if it did not.</summary>
    internal Fault? Fault { get; private set; }

    /// <summary>Lets the token cancel reads from now on.</summary>
    internal void StopOn(CancellationToken cancellationToken) => _guard.StopOn(cancellationToken);

    /// <summary>Returns the first 4096 bytes without consuming them. There are fewer only if the body ends or breaks.</summary>
    internal async Task<byte[]> PeekAsync()
    {
        var buffer = new byte[ErrorPages.FirstBytes];
        var filled = 0;
        while (filled < buffer.Length && await ReadAsync(buffer.AsMemory(filled)).ConfigureAwait(false) is > 0 and var count)
        {
            filled += count;
        }

        Array.Resize(ref buffer, filled);
        _peeked = buffer;
        return buffer;
    }

    /// <summary>Reads at least one byte, with one read of the stream.</summary>
    /// <returns>The number of bytes. 0 at the end. Negative if the body broke; <see cref="Fault"/> has the reason.</returns>
    internal ValueTask<int> ReadAsync(Memory<byte> buffer) => _peeked.IsEmpty ? ReadAsync(buffer, gathers: false) : ValueTask.FromResult(TakePeeked(buffer));

    /// <summary>Reads all bytes that are available without waiting, but at least one, so that they can be written to disk together.</summary>
    /// <returns>As <see cref="ReadAsync(Memory{byte})"/>.</returns>
    internal ValueTask<int> FillAsync(Memory<byte> buffer) => _peeked.IsEmpty ? ReadAsync(buffer, _gathers) : ValueTask.FromResult(TakePeeked(buffer));

    public void Dispose()
    {
        // An abandoned read may still fail.
        _ready?.ContinueWith(static failed => failed.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        _guard.Dispose();
    }

    private int TakePeeked(Memory<byte> buffer)
    {
        var peeked = _peeked[..Math.Min(_peeked.Length, buffer.Length)];
        peeked.CopyTo(buffer);
        _peeked = _peeked[peeked.Length..];
        return peeked.Length;
    }

    private async ValueTask<int> ReadAsync(Memory<byte> buffer, bool gathers)
    {
        if (Fault is not null)
        {
            return -1;
        }

        var filled = 0;
        try
        {
            if (_ready is { } ready)
            {
                _ready = null;
                _guard.Begin();
                await ready.ConfigureAwait(false);
            }

            _stream ??= await _content.ReadAsStreamAsync(_guard.Token).ConfigureAwait(false);
            var reading = _stream.ReadAsync(buffer, _guard.Token);
            if (!reading.IsCompleted)
            {
                // The bytes of most small files are there, and then no timer is needed.
                _guard.Begin();
            }

            filled = await reading.ConfigureAwait(false);
            while (gathers && filled > 0 && filled < buffer.Length && IsMoreThere()
                && await _stream.ReadAsync(buffer[filled..], _guard.Token).ConfigureAwait(false) is > 0 and var more)
            {
                filled += more;
            }
        }
        catch (OperationCanceledException) when (_guard.Caller.IsCancellationRequested)
        {
            return filled > 0 ? filled : throw new OperationCanceledException(_guard.Caller);
        }
        catch (OperationCanceledException)
        {
            Fault = new Fault(FaultKind.Passing, $"The body stalled: {_guard.Words}.", _where) { IsOverload = true };
        }
        catch (Exception broken) when (broken is IOException or HttpRequestException or ObjectDisposedException or SocketException)
        {
            Fault = Faults.Broken(_where, broken, _scrub);
        }

        // The bytes received before the break are kept. The next read reports the fault.
        _guard.End(filled);
        return filled > 0 || Fault is null ? filled : -1;
    }

    // A read of zero bytes completes when bytes are available, and needs no buffer while it waits.
    private bool IsMoreThere()
    {
        var ready = _stream!.ReadAsync(Memory<byte>.Empty, _guard.Token);
        if (ready.IsCompletedSuccessfully)
        {
            return true;
        }

        _ready = ready.AsTask();
        return false;
    }
}
