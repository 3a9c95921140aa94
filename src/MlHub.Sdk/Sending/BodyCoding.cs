using System.IO.Compression;
using System.Text;

namespace MlHub.Sdk;

/// <summary><c>Content-Encoding</c> (RFC 9110 §8.4): which codings exist, and which are decoded. .NET 10 cannot decode zstd.</summary>
internal static class BodyCoding
{
    /// <summary>What calls accept, as <c>Accept-Encoding</c> says it. Downloads accept none: files are stored as the server has them.</summary>
    internal const string Accepted = "gzip, deflate, br";

    // The registry's, and those that servers use without one. Anything else that stands there, such as "utf-8" or "aws-chunked", names no coding.
    private static readonly HashSet<string> Known = new(
        ["gzip", "deflate", "br", "compress", "zstd", "bzip2", "xz", "lzma", "lz4", "snappy", "exi", "pack200-gzip", "aes128gcm", "dcb", "dcz"], StringComparer.Ordinal);

    /// <summary>The codings that a header names, without <c>identity</c> and what is no coding. <c>x-gzip</c> is <c>gzip</c> (RFC 9110 §8.4.1.3).</summary>
    internal static IReadOnlyList<string> Read(string? header) =>
    [
        .. (header ?? string.Empty).Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(coding => coding.ToLowerInvariant())
            .Select(coding => coding.StartsWith("x-", StringComparison.Ordinal) ? coding[2..] : coding)
            .Where(Known.Contains),
    ];

    /// <summary>
    /// JSON in UTF-8, though the body is gzip or UTF-16 and no header says so. Caches lose headers, stores of files never had them, and PowerShell writes UTF-16. JSON
    /// in UTF-8 begins with no such bytes.
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

    /// <summary>A stream that takes one coding off a body.</summary>
    /// <param name="coding">The coding.</param>
    /// <param name="body">The coded bytes.</param>
    /// <param name="cancellationToken">Ends the reading of the first bytes, which tell more than the name of the coding.</param>
    /// <exception cref="UndecodableBodyException">The coding is none of those that are accepted.</exception>
    internal static async ValueTask<Stream> DecoderAsync(string coding, Stream body, CancellationToken cancellationToken)
    {
        var first = new byte[2];
        var count = await body.ReadAtLeastAsync(first, first.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        if (count == 0)
        {
            // An answer to HEAD, or an empty one, has nothing to decode.
            return body;
        }

        var whole = new PeekedStream(first.AsMemory(0, count), body);
        return coding switch
        {
            // Some proxies decode a body and leave the header. JSON and HTML never begin with gzip's magic number.
            "gzip" => first is [0x1F, 0x8B] ? new GZipStream(whole, CompressionMode.Decompress) : whole,

            // "deflate" is zlib's format (RFC 9110 §8.4.1.2), but many servers send it bare. zlib's two header bytes say method 8 and divide by 31 (RFC 1950 §2.2).
            "deflate" => (first[0] & 0x0F) == 8 && ((first[0] << 8) | first[1]) % 31 == 0
                ? new ZLibStream(whole, CompressionMode.Decompress)
                : new DeflateStream(whole, CompressionMode.Decompress),
            "br" => new BrotliStream(whole, CompressionMode.Decompress),
            _ => throw new UndecodableBodyException($"is coded as {coding}, which was not asked for (accepted: {Accepted})"),
        };
    }

    /// <summary>A stream some of whose first bytes were looked at.</summary>
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
