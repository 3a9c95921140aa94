using System.Net.Sockets;
using MlHub.Sdk.Downloads.Pacing;

namespace MlHub.Sdk.Downloads.Remote;

/// <summary>
/// The body of an answer. A body that breaks or stands still is told by a fault and not by an exception, since whoever reads it goes on elsewhere.
/// </summary>
internal sealed class Body : IDisposable
{
    // Enough to get past white space before a page, and past the header of a gzip stream with a long file name.
    private const int PeekSize = 4096;
    private readonly HttpContent _content;
    private readonly Uri _where;
    private readonly bool _gathers;
    private readonly Func<string, string> _scrub;
    private readonly StallGuard _guard;
    private ReadOnlyMemory<byte> _peeked;
    private Stream? _stream;
    private Task<int>? _ready;

    /// <param name="content">The bytes.</param>
    /// <param name="where">The address that they come from, without secrets.</param>
    /// <param name="gathers">Whether one read brings little though more is there, as TLS does with its records of 16 KiB.</param>
    /// <param name="scrub">Takes secrets out of error messages.</param>
    /// <param name="stallTimeout">How long the body may stand still.</param>
    /// <param name="time">The clock.</param>
    internal Body(HttpContent content, Uri where, bool gathers, Func<string, string> scrub, TimeSpan stallTimeout, TimeProvider time)
    {
        (_content, _where, _gathers, _scrub) = (content, where, gathers, scrub);
        _guard = new StallGuard(stallTimeout, time);
    }

    /// <summary>Why the body broke; null as long as it did not.</summary>
    internal Fault? Fault { get; private set; }

    /// <summary>From now on the token ends reading.</summary>
    internal void StopOn(CancellationToken cancellationToken) => _guard.StopOn(cancellationToken);

    /// <summary>Looks at the first 4096 bytes, which stay to be read. There are fewer only when the body ends or breaks.</summary>
    internal async Task<byte[]> PeekAsync()
    {
        var buffer = new byte[PeekSize];
        var filled = 0;
        while (filled < PeekSize && await ReadAsync(buffer.AsMemory(filled)).ConfigureAwait(false) is > 0 and var count)
        {
            filled += count;
        }

        Array.Resize(ref buffer, filled);
        _peeked = buffer;
        return buffer;
    }

    /// <summary>Reads what one read of the stream brings, at least one byte.</summary>
    /// <returns>The number of bytes; 0 at the end; below 0 when the body broke, which <see cref="Fault"/> tells.</returns>
    internal ValueTask<int> ReadAsync(Memory<byte> buffer) => _peeked.IsEmpty ? ReadAsync(buffer, gathers: false) : ValueTask.FromResult(TakePeeked(buffer));

    /// <summary>Reads as much as is there without waiting for more, at least one byte: so that it can be written to disk at once.</summary>
    /// <returns>As <see cref="ReadAsync(Memory{byte})"/>.</returns>
    internal ValueTask<int> FillAsync(Memory<byte> buffer) => _peeked.IsEmpty ? ReadAsync(buffer, _gathers) : ValueTask.FromResult(TakePeeked(buffer));

    public void Dispose()
    {
        // A read that nobody waits for any more may still fail.
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
            _guard.Begin();
            if (_ready is { } ready)
            {
                _ready = null;
                await ready.ConfigureAwait(false);
            }

            _stream ??= await _content.ReadAsStreamAsync(_guard.Token).ConfigureAwait(false);
            filled = await _stream.ReadAsync(buffer, _guard.Token).ConfigureAwait(false);
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
            Fault = new Fault(FaultKind.Passing, $"The body stood still: {_guard.Words}.", _where) { IsOverload = true };
        }
        catch (Exception broken) when (broken is IOException or HttpRequestException or ObjectDisposedException or SocketException)
        {
            Fault = Faults.Broken(_where, broken, _scrub);
        }

        // What came before it broke is kept. The next read tells of the fault.
        _guard.End(filled);
        return filled > 0 || Fault is null ? filled : -1;
    }

    // A read of no bytes completes when there are some, and ties up no buffer meanwhile.
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
