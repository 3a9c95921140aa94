namespace MlHub.Sdk;

/// <summary>A body without its codings. It ends where it grows out of all proportion: a few kilobytes can be made to fill any memory.</summary>
internal sealed class DecodedStream(Stream body, IReadOnlyList<string> codings) : ForwardStream
{
    /// <summary>Decoded bytes that may come of a body of any length.</summary>
    internal const long FreeBytes = 32 * 1024 * 1024;

    /// <summary>
    /// How many times as long as what was sent a longer body may be. Lists of items are sent in a tenth to a hundredth of their length. A body that is made
    /// to fill memory has gzip's greatest ratio, 1032, or more.
    /// </summary>
    internal const int MaxRatio = 500;

    /// <summary>RFC 9110 sets no limit. Nobody needs more than one.</summary>
    private const int MaxCodings = 4;

    private readonly CountedStream _body = new(body);
    private Stream? _decoded;
    private long _count;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int count;
        try
        {
            _decoded ??= await OpenAsync(cancellationToken).ConfigureAwait(false);
            count = await _decoded.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is InvalidDataException or InvalidOperationException and not ObjectDisposedException)
        {
            // The second is BrotliStream's.
            throw new UndecodableBodyException($"is marked as {string.Join(", ", codings)} and cannot be decoded", e);
        }

        _count += count;
        return _count <= FreeBytes || _count / MaxRatio <= _body.Count
            ? count
            : throw new UndecodableBodyException($"was given up, because it becomes more than {MaxRatio} times as long when it is decoded, as if it were made to fill the memory");
    }

    // Whoever reads from a handler's answer reads asynchronously; this is for callers of the raw access.
    public override int Read(Span<byte> buffer)
    {
        var bytes = new byte[buffer.Length];
        var count = ReadAsync(bytes).AsTask().GetAwaiter().GetResult();
        bytes.AsSpan(0, count).CopyTo(buffer);
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _decoded?.Dispose();
            _body.Dispose();
        }

        base.Dispose(disposing);
    }

    private async ValueTask<Stream> OpenAsync(CancellationToken cancellationToken)
    {
        if (codings.Count > MaxCodings)
        {
            throw new UndecodableBodyException($"is coded {codings.Count} times");
        }

        Stream decoded = _body;
        foreach (var coding in codings.Reverse())
        {
            decoded = await BodyCoding.DecoderAsync(coding, decoded, cancellationToken).ConfigureAwait(false);
        }

        return decoded;
    }

    /// <summary>Counts the bytes that were sent.</summary>
    private sealed class CountedStream(Stream body) : ForwardStream
    {
        public long Count { get; private set; }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var count = await body.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            Count += count;
            return count;
        }

        public override int Read(Span<byte> buffer)
        {
            var count = body.Read(buffer);
            Count += count;
            return count;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                body.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
