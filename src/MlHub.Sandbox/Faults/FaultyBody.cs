using Microsoft.AspNetCore.Http;

namespace MlHub.Sandbox;

/// <summary>A response body that is sent slowly, or is cut off.</summary>
internal sealed class FaultyBody(Stream body, HttpContext context, Func<long?, long?> takeCut, long? bytesPerSecond, TimeProvider time) : Stream
{
    private long? _cut;
    private long _written;
    private long _started;
    private bool _hasStarted;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (!_hasStarted)
        {
            (_hasStarted, _started, _cut) = (true, time.GetTimestamp(), takeCut(context.Response.ContentLength));
        }

        for (var left = buffer; left.Length > 0;)
        {
            if (_cut == _written)
            {
                // The status and headers are sent first. Otherwise a cut before the body would become a 500.
                await body.FlushAsync(cancellationToken).ConfigureAwait(false);
                throw new CutOffException();
            }

            var next = left[..(int)Math.Min(left.Length, Math.Min((_cut ?? long.MaxValue) - _written, bytesPerSecond is { } rate ? Math.Max(1, rate / 10) : int.MaxValue))];
            await PaceAsync(cancellationToken).ConfigureAwait(false);
            await body.WriteAsync(next, cancellationToken).ConfigureAwait(false);
            _written += next.Length;
            left = left[next.Length..];
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task FlushAsync(CancellationToken cancellationToken) => body.FlushAsync(cancellationToken);

    public override void Flush() => throw new NotSupportedException();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    // Waits until the bytes so far correspond to the requested rate.
    private async Task PaceAsync(CancellationToken cancellationToken)
    {
        if (bytesPerSecond is not { } rate)
        {
            return;
        }

        await body.FlushAsync(cancellationToken).ConfigureAwait(false);
        var wait = TimeSpan.FromSeconds((double)_written / rate) - time.GetElapsedTime(_started);
        if (wait > TimeSpan.Zero)
        {
            await Task.Delay(wait, time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The body has reached its cut.</summary>
    internal sealed class CutOffException : IOException;
}
