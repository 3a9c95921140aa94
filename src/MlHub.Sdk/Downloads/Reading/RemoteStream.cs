using MlHub.Sdk.Downloads.Remote;

namespace MlHub.Sdk.Downloads.Reading;

/// <summary>A remote file as a readable, seekable stream. Its behaviour is documented at <see cref="MlHubClient.OpenReadAsync"/>.</summary>
internal sealed class RemoteStream : Stream
{
    private readonly Prefetcher _bytes;
    private readonly long _length;
    private long _position;
    private bool _isDisposed;

    private RemoteStream(Prefetcher bytes, long length) => (_bytes, _length) = (bytes, length);

    public override bool CanRead => !_isDisposed;

    public override bool CanSeek => !_isDisposed;

    public override bool CanWrite => false;

    public override long Length
    {
        get
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            return _length;
        }
    }

    public override long Position
    {
        get
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            return _position;
        }

        set
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            _position = value;
        }
    }

    /// <summary>Opens a remote file.</summary>
    /// <param name="request">The address of the file.</param>
    /// <param name="services">The services that all downloads share.</param>
    /// <param name="options">The options.</param>
    /// <param name="cancellationToken">Cancels opening the file.</param>
    internal static async Task<Stream> OpenAsync(
        DownloadRequest request, DownloadServices services, OpenReadOptions options, CancellationToken cancellationToken)
    {
        var remote = new RemoteRanges(request, services, options.AllowPages);
        try
        {
            var cache = new BlockCache(options.BufferSize);
            while (true)
            {
                var body = await remote.OpenFirstAsync(Prefetcher.FirstRange, cache.MostBytes, cancellationToken).ConfigureAwait(false);
                if (body.Range.Length < body.FileLength)
                {
                    return new RemoteStream(new Prefetcher(remote, cache, body.FileLength, body), body.FileLength);
                }

                if (await TryReadWholeAsync(remote, body, cache, cancellationToken).ConfigureAwait(false))
                {
                    return new RemoteStream(new Prefetcher(remote, cache, body.FileLength, first: null), body.FileLength);
                }
            }
        }
        catch
        {
            remote.Dispose();
            throw;
        }
    }

    public override int Read(Span<byte> buffer)
    {
        var count = 0;
        for (buffer = buffer[..Available(buffer.Length)]; count < buffer.Length;)
        {
            count += _bytes.Read(_position + count, buffer[count..], out var arrival);
            arrival.GetAwaiter().GetResult();
        }

        _position += count;
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count)
    {
        ValidateBufferArguments(buffer, offset, count);
        return Read(buffer.AsSpan(offset, count));
    }

    public override int ReadByte()
    {
        Span<byte> one = stackalloc byte[1];
        return Read(one) == 0 ? -1 : one[0];
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var count = 0;
        for (buffer = buffer[..Available(buffer.Length)]; count < buffer.Length;)
        {
            count += _bytes.Read(_position + count, buffer.Span[count..], out var arrival);
            try
            {
                await arrival.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                _bytes.StopWaiting();
                throw;
            }
        }

        _position += count;
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        ValidateBufferArguments(buffer, offset, count);
        return ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
    }

    public override long Seek(long offset, SeekOrigin origin)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        var from = origin switch
        {
            SeekOrigin.Begin => 0,
            SeekOrigin.Current => _position,
            SeekOrigin.End => _length,
            _ => throw new ArgumentException("The origin is invalid.", nameof(origin)),
        };
        return offset < -from ? throw new IOException("The position is before the start of the file.") : _position = checked(from + offset);
    }

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException("A remote file can only be read.");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("A remote file can only be read.");

    public override async ValueTask DisposeAsync()
    {
        _isDisposed = true;
        await _bytes.DisposeAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            // The connection is released in the background. The caller does not have to wait for that.
            _isDisposed = true;
            _ = _bytes.DisposeAsync().AsTask();
        }

        base.Dispose(disposing);
    }

    private static async Task<bool> TryReadWholeAsync(RemoteRanges remote, RangeBody body, BlockCache cache, CancellationToken cancellationToken)
    {
        using (body)
        {
            var source = body.Response.OpenBody(cancellationToken);
            for (long position = 0; position < body.FileLength;)
            {
                var memory = cache.Take(position, keepFrom: 0);
                var count = await source.FillAsync(memory[..(int)Math.Min(memory.Length, body.FileLength - position)]).ConfigureAwait(false);
                if (count <= 0)
                {
                    remote.Broke(body, body.FileLength - position);
                    return false;
                }

                remote.Progress(body, count);
                cache.Add(position, count);
                position += count;
            }

            return true;
        }
    }

    // Some readers take a short read for the end of the file, as with local files. Therefore a read returns all requested bytes, or fails without moving the
    // position.
    private int Available(int wanted)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return (int)Math.Clamp(_length - _position, 0, wanted);
    }
}
