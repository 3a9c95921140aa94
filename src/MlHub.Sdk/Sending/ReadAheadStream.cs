using System.Buffers;
using System.Runtime.CompilerServices;

namespace MlHub.Sdk;

/// <summary>
/// Reads ahead of its caller. It is the inner stream of an SslStream, which reads each TLS record (16 KiB) separately, mostly with two reads. With this stream,
/// one system call reads several records. Writes are passed through.
/// </summary>
/// <remarks>Only one read may run at a time, as with an SslStream. Reads and writes may run at the same time. It owns the inner stream.</remarks>
internal sealed class ReadAheadStream(Stream inner, int capacity = ReadAheadStream.DefaultCapacity) : Stream
{
    /// <summary>Eight TLS records. A larger buffer is not faster.</summary>
    internal const int DefaultCapacity = 128 * 1024;

    private readonly Lock _gate = new();

    // All guarded by the gate. While a fill is pending, the fill owns the buffer, and nobody else returns it to the pool.
    private byte[]? _buffer;
    private int _start;
    private int _end;
    private bool _isFilling;
    private bool _isDisposed;

    public override bool CanRead => inner.CanRead;

    public override bool CanSeek => false;

    public override bool CanWrite => inner.CanWrite;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<int>(cancellationToken);
        }

        if (TryTakeBuffered(buffer.Span, out var count))
        {
            return ValueTask.FromResult(count);
        }

        return BypassesBuffer(buffer.Length) ? inner.ReadAsync(buffer, cancellationToken) : FillAndTakeAsync(buffer, cancellationToken);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(Span<byte> buffer)
    {
        if (TryTakeBuffered(buffer, out var count))
        {
            return count;
        }

        if (BypassesBuffer(buffer.Length))
        {
            return inner.Read(buffer);
        }

        var ahead = BeginFill();
        try
        {
            return Take(ahead, inner.Read(ahead, 0, capacity), buffer);
        }
        finally
        {
            EndFill();
        }
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        inner.WriteAsync(buffer, cancellationToken);

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        inner.WriteAsync(buffer, offset, count, cancellationToken);

    public override void Write(ReadOnlySpan<byte> buffer) => inner.Write(buffer);

    public override void Write(byte[] buffer, int offset, int count) => inner.Write(buffer, offset, count);

    public override void Flush() => inner.Flush();

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            lock (_gate)
            {
                _isDisposed = true;
                ReturnBufferUnlessFilling();
            }

            inner.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>
    /// An empty read waits until bytes are available. If none are buffered, it is passed to the inner stream, so that no buffer is held during the wait. A read
    /// as large as the buffer bypasses it.
    /// </summary>
    private bool BypassesBuffer(int count) => count == 0 || count >= capacity;

    /// <summary>Also true for an empty read while bytes are buffered, because it would wait although bytes are available.</summary>
    private bool TryTakeBuffered(Span<byte> destination, out int count)
    {
        lock (_gate)
        {
            count = 0;
            if (_isDisposed || _start == _end)
            {
                return false;
            }

            count = Math.Min(destination.Length, _end - _start);
            _buffer.AsSpan(_start, count).CopyTo(destination);
            _start += count;
            return true;
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> FillAndTakeAsync(Memory<byte> destination, CancellationToken cancellationToken)
    {
        var ahead = BeginFill();
        try
        {
            var filled = await inner.ReadAsync(ahead.AsMemory(0, capacity), cancellationToken).ConfigureAwait(false);
            return Take(ahead, filled, destination.Span);
        }
        finally
        {
            EndFill();
        }
    }

    private byte[] BeginFill()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_isFilling)
            {
                throw new NotSupportedException("Another read is pending.");
            }

            _isFilling = true;
            return _buffer ??= ArrayPool<byte>.Shared.Rent(capacity);
        }
    }

    /// <summary>Returns bytes to the caller, and buffers the rest.</summary>
    private int Take(byte[] ahead, int filled, Span<byte> destination)
    {
        var count = Math.Min(filled, destination.Length);
        ahead.AsSpan(0, count).CopyTo(destination);
        lock (_gate)
        {
            (_start, _end) = (count, filled);
        }

        return count;
    }

    private void EndFill()
    {
        lock (_gate)
        {
            _isFilling = false;
            if (_isDisposed)
            {
                ReturnBufferUnlessFilling();
            }
        }
    }

    private void ReturnBufferUnlessFilling()
    {
        if (!_isFilling && _buffer is { } buffer)
        {
            (_buffer, _start, _end) = (null, 0, 0);
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
