namespace MlHub.Hub.Reading;

/// <summary>A delegate that sees the bytes that were read.</summary>
internal delegate void SeeBytes(ReadOnlySpan<byte> bytes);

/// <summary>A stream whose bytes are seen when they are read.</summary>
/// <param name="inner">The stream.</param>
/// <param name="see">Sees the bytes.</param>
/// <param name="tail">Bytes that are read after the end, and are not seen.</param>
internal sealed class ReadObserver(Stream inner, SeeBytes see, byte[]? tail = null) : Stream
{
    private int _tailRead;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        var read = inner.Read(buffer);
        see(buffer[..read]);
        if (read > 0 || tail is null)
        {
            return read;
        }

        var rest = tail.AsSpan(_tailRead);
        rest = rest[..Math.Min(rest.Length, buffer.Length)];
        rest.CopyTo(buffer);
        _tailRead += rest.Length;
        return rest.Length;
    }

    public override void Flush()
    {
        // There is nothing to write.
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }
}
