using System.IO.Compression;
using System.Text;

namespace MlHub.Sdk;

/// <summary><c>Content-Encoding</c> (RFC 9110 §8.4): the known codings, and the codings that are decoded. .NET 10 cannot decode zstd.</summary>
internal static class BodyCoding
{
    /// <summary>The value of <c>Accept-Encoding</c> for API calls. Downloads accept no coding, because files are stored as the server has them.</summary>
    internal const string Accepted = "gzip, deflate, br";

    // The codings in the IANA registry, and unregistered ones that servers use. Other values, such as "utf-8" or "aws-chunked", are not content codings.
    private static readonly HashSet<string> Known = new(
        ["gzip", "deflate", "br", "compress", "zstd", "bzip2", "xz", "lzma", "lz4", "snappy", "exi", "pack200-gzip", "aes128gcm", "dcb", "dcz"], StringComparer.Ordinal);

    /// <summary>The codings in a header, without <c>identity</c> and unknown values. <c>x-gzip</c> is <c>gzip</c> (RFC 9110 §8.4.1.3).</summary>
    internal static IReadOnlyList<string> Read(string? header) => string.IsNullOrEmpty(header) ? [] :
    [
        .. header.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(coding => coding.ToLowerInvariant())
            .Select(coding => coding.StartsWith("x-", StringComparison.Ordinal) ? coding[2..] : coding)
            .Where(Known.Contains),
    ];

    /// <summary>
    /// Returns a stream of UTF-8 JSON, also if the body is gzip or UTF-16 and no header says so. Caches drop headers, file stores never had them, and PowerShell writes
    /// UTF-16. JSON in UTF-8 never starts with these bytes.
    /// </summary>
    internal static async ValueTask<Stream> JsonAsync(Stream body, CancellationToken cancellationToken)
    {
        var first = new byte[2];
        var count = await body.ReadAtLeastAsync(first, first.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        var whole = new PeekedStream(first.AsMemory(0, count), body);
        return (count, first) switch
        {
            (2, [0x1F, 0x8B]) => new DecodedStream(whole, ["gzip"]),
            (2, [0xFF, 0xFE] or [not 0, 0]) => Encoding.CreateTranscodingStream(whole, Encoding.Unicode, Encoding.UTF8),
            (2, [0xFE, 0xFF] or [0, not 0]) => Encoding.CreateTranscodingStream(whole, Encoding.BigEndianUnicode, Encoding.UTF8),
            _ => whole,
        };
    }

    /// <summary>A stream that decodes one coding of a body.</summary>
    /// <param name="coding">The coding.</param>
    /// <param name="body">The coded bytes.</param>
    /// <param name="cancellationToken">Cancels reading the first bytes, which show more than the name of the coding.</param>
    /// <exception cref="UndecodableBodyException">The coding is not one of the accepted codings.</exception>
    internal static async ValueTask<Stream> DecoderAsync(string coding, Stream body, CancellationToken cancellationToken)
    {
        var first = new byte[2];
        var count = await body.ReadAtLeastAsync(first, first.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        if (count == 0)
        {
            // A response to HEAD, or an empty body, has nothing to decode.
            return body;
        }

        var whole = new PeekedStream(first.AsMemory(0, count), body);
        return coding switch
        {
            // Some proxies decode a body but do not remove the header. JSON and HTML never begin with gzip's magic number.
            "gzip" => first is [0x1F, 0x8B] ? new GZipStream(whole, CompressionMode.Decompress) : whole,

            // "deflate" is zlib's format (RFC 9110 §8.4.1.2), but many servers send raw deflate data. The two header bytes of zlib contain method 8 and are
            // divisible by 31 (RFC 1950 §2.2).
            "deflate" => (first[0] & 0x0F) == 8 && ((first[0] << 8) | first[1]) % 31 == 0
                ? new ZLibStream(whole, CompressionMode.Decompress)
                : new DeflateStream(whole, CompressionMode.Decompress),
            "br" => new BrotliStream(whole, CompressionMode.Decompress),
            _ => throw new UndecodableBodyException($"has the content coding {coding}, which was not requested (accepted: {Accepted})"),
        };
    }

    /// <summary>A stream whose first bytes were already read.</summary>
    private sealed class PeekedStream(ReadOnlyMemory<byte> first, Stream rest) : ForwardStream
    {
        private ReadOnlyMemory<byte> _first = first;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            _first.IsEmpty ? rest.ReadAsync(buffer, cancellationToken) : ValueTask.FromResult(Take(buffer.Span));

        public override int Read(Span<byte> buffer) => _first.IsEmpty ? rest.Read(buffer) : Take(buffer);

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                rest.Dispose();
            }

            base.Dispose(disposing);
        }

        private int Take(Span<byte> buffer)
        {
            var taken = _first[..Math.Min(_first.Length, buffer.Length)];
            taken.Span.CopyTo(buffer);
            _first = _first[taken.Length..];
            return taken.Length;
        }
    }
}
