namespace MlHub.Sdk;

/// <summary>The body of an answer to a call, which fails when it stands still.</summary>
internal sealed class StallGuardedStream(Stream body, TimeSpan stallTimeout, TimeProvider clock) : Stream
{
    private readonly StallGuard _guard = new(stallTimeout, clock);

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = 0;
        _guard.StopOn(cancellationToken);
        _guard.Begin();
        try
        {
            return count = await body.ReadAsync(buffer, _guard.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException(_guard.Words);
        }
        finally
        {
            _guard.End(count);
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => body.Read(buffer, offset, count);

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _guard.Dispose();
            body.Dispose();
        }

        base.Dispose(disposing);
    }
}
