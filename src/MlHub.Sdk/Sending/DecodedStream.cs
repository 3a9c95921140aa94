namespace MlHub.Sdk;

/// <summary>A decoded body. Reading fails if the decoded body is disproportionately long, because a few kilobytes can be crafted to fill any memory.</summary>
internal sealed class DecodedStream(Stream body, IReadOnlyList<string> codings) : ForwardStream
{
    /// <summary>The number of decoded bytes that is allowed for a body of any length.</summary>
    internal const long FreeBytes = 32 * 1024 * 1024;

    /// <summary>
    /// The maximum ratio of decoded to sent bytes for longer bodies. Lists of items are compressed to a tenth or a hundredth of their length. A decompression
    /// bomb has the maximum ratio of gzip, 1032, or more.
    /// </summary>
    internal const int MaxRatio = 500;

    /// <summary>The maximum number of codings. RFC 9110 sets no limit, but more than one is never needed.</summary>
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
            // The second is thrown by BrotliStream.
            throw new UndecodableBodyException($"cannot be decoded as {string.Join(", ", codings)}", e);
        }

        _count += count;
        return _count <= FreeBytes || _count / MaxRatio <= _body.Count
            ? count
            : throw new UndecodableBodyException($"was rejected, because decoding makes it more than {MaxRatio} times as long, which could exhaust the memory");
    }

    // The library reads asynchronously. This method is for callers that use raw access.
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
            throw new UndecodableBodyException($"has {codings.Count} content codings");
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
