using System.Buffers;
using System.Net;
using MlHub.Sdk.Downloads.Identity;
using MlHub.Sdk.Downloads.Integrity;
using MlHub.Sdk.Downloads.Pacing;

namespace MlHub.Sdk.Downloads.Remote;

/// <summary>A response after all redirects. Its headers are parsed, and its body has not been read yet.</summary>
internal sealed class RemoteResponse : IDisposable
{
    // How many bytes are discarded with one read.
    private const int SkipSize = 64 * 1024;

    private readonly IDisposable _slot;
    private readonly DownloadServices _services;
    private Body? _body;

    /// <param name="response">The response.</param>
    /// <param name="url">The address of the response.</param>
    /// <param name="asked">The originally requested address.</param>
    /// <param name="services">The services that all downloads share.</param>
    /// <param name="slot">The connection slot of the host, which is released together with the response.</param>
    /// <param name="scrub">Removes sent secrets from texts of the server.</param>
    internal RemoteResponse(HttpResponseMessage response, Uri url, Uri asked, DownloadServices services, IDisposable slot, Func<string, string> scrub)
    {
        (Http, Url, Where, Scrub, _slot, _services) = (response, url, RedactedUrl.Of(url), scrub, slot, services);
        ContentRange = ContentRange.Read(response.Header("Content-Range"));
        ContentLength = response.Content.Headers.ContentLength;
        HasUnreadableRange = ContentRange?.Range is null && response.StatusCode != HttpStatusCode.RequestedRangeNotSatisfiable
            && response.Header("Content-Range") is { } text && !(response.StatusCode == HttpStatusCode.OK && text.EndsWith($"/{ContentLength}", StringComparison.Ordinal));
        IsPart = response.StatusCode == HttpStatusCode.PartialContent
            || (response.StatusCode == HttpStatusCode.OK && ContentRange?.Range is { } part && part.Length == ContentLength && part.Length < ContentRange.Total);
        Codings = BodyCoding.Read(response.Header("Content-Encoding"));
        HasUnreadableLength = ContentLength is null && response.Header("Content-Length") is not null;
        HasTwoLengths = response.Lines("Content-Length") is { Count: > 1 } lengths && lengths.Distinct(StringComparer.Ordinal).Skip(1).Any();
        TransferCoding = response.Header("Transfer-Encoding");
        RefusesRanges = response.Headers.AcceptRanges.Contains("none");
        IsDecompressed = ContentCoding.IsDecompressedByGoogle(response);
        Digests = IsDecompressed ? [] : ServerDigests.Read(response, isWhole: response.StatusCode == HttpStatusCode.OK && !IsPart);
        Identity = ReadIdentity(response, url, asked);
        HasMoved = ExactUri.LastSegment(url) != ExactUri.LastSegment(asked);
    }

    /// <summary>The final address with all its secrets. It is never logged or stored.</summary>
    internal Uri Url { get; }

    /// <summary>The final address without secrets, for messages.</summary>
    internal Uri Where { get; }

    /// <summary>Whether the last segment of the final address differs from that of the requested address.</summary>
    internal bool HasMoved { get; }

    internal Func<string, string> Scrub { get; }

    internal HttpStatusCode Status => Http.StatusCode;

    /// <summary>The time of the server's clock (Date). Null if it is not sent.</summary>
    internal DateTimeOffset? Date => Http.Headers.Date;

    internal FileIdentity Identity { get; }

    internal ContentRange? ContentRange { get; }

    /// <summary>
    /// Whether a <c>Content-Range</c> without a valid range was sent. In that case the length of the body may not be that of the file, unless the header says so
    /// (<c>bytes 0-/123</c>).
    /// </summary>
    internal bool HasUnreadableRange { get; }

    internal long? ContentLength { get; }

    /// <summary>
    /// Whether the body is a part of the file. Some servers send a range with the status of a whole file (200). In that case the range, the length of the body
    /// and the length of the file must be consistent.
    /// </summary>
    internal bool IsPart { get; }

    /// <summary>The position in the file of the first byte of the body.</summary>
    internal long BodyStart => IsPart ? ContentRange?.Range?.Start ?? 0 : 0;

    /// <summary>The codings in <c>Content-Encoding</c>. Empty for the file's own bytes.</summary>
    internal IReadOnlyList<string> Codings { get; }

    /// <summary>Whether an invalid length was sent. Such a body cannot be distinguished from a truncated one (RFC 9112 §6.3).</summary>
    internal bool HasUnreadableLength { get; }

    /// <summary>Whether contradictory lengths were sent. HttpClient would use the first.</summary>
    internal bool HasTwoLengths { get; }

    /// <summary><c>Transfer-Encoding</c> (RFC 9112 §6.1). HttpClient decodes only <c>chunked</c>.</summary>
    internal string? TransferCoding { get; }

    internal bool RefusesRanges { get; }

    /// <summary>Whether the server decompressed the file in transit, so that length, digests and ranges describe other bytes.</summary>
    internal bool IsDecompressed { get; }

    /// <summary>The digests of the whole file in the headers.</summary>
    internal IReadOnlyList<FileDigest> Digests { get; }

    internal HttpResponseMessage Http { get; }

    /// <summary>Whether the response was released, so that its body can no longer be read. Its headers stay available.</summary>
    internal bool IsDisposed { get; private set; }

    /// <summary>The body. Every call returns the same object.</summary>
    /// <param name="cancellationToken">Cancels reading.</param>
    internal Body OpenBody(CancellationToken cancellationToken)
    {
        _body ??= new Body(Http.Content, Where, gathers: Url.Scheme == Uri.UriSchemeHttps, Scrub, _services.Options.StallTimeout, _services.Time);
        _body.StopOn(cancellationToken);
        return _body;
    }

    /// <summary>Reads bytes of the body and discards them.</summary>
    /// <param name="bytes">How many. Nothing is read if it is 0 or less.</param>
    /// <param name="cancellationToken">Cancels reading.</param>
    /// <returns>The fault if the body ended early or broke. Null if it did not.</returns>
    internal async Task<Fault?> SkipAsync(long bytes, CancellationToken cancellationToken)
    {
        if (bytes <= 0)
        {
            return null;
        }

        using var buffer = MemoryPool<byte>.Shared.Rent(SkipSize);
        for (int count; bytes > 0; bytes -= count)
        {
            count = await OpenBody(cancellationToken).FillAsync(buffer.Memory[..(int)Math.Min(SkipSize, bytes)]).ConfigureAwait(false);
            if (count <= 0)
            {
                return EndedEarly(bytes);
            }
        }

        return null;
    }

    /// <summary>The fault for a body that has fewer bytes than it must have.</summary>
    internal Fault EndedEarly(long missing) => Fault ?? new Fault(FaultKind.Passing, $"The body ended {missing} bytes early.", Where);

    /// <summary>The reason why the body broke. Null if it did not.</summary>
    internal Fault? Fault => _body?.Fault;

    /// <summary>The error message of the server, for a response whose body is not stored. Null if there is none.</summary>
    internal async Task<string?> ReadWordsAsync(CancellationToken cancellationToken)
    {
        // Many servers compress their error pages regardless of the request.
        using var decoded = Codings.Count == 0 ? null : new DecodedStream(new BodyStream(this), Codings);
        return await ServerWords.ReadAsync(
            token => decoded is null ? OpenBody(token).ReadAsync : buffer => decoded.ReadAsync(buffer, token), Scrub, _services.Time, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The fault for a response that does not match the request.</summary>
    internal Fault Odd(string why) => new(FaultKind.Odd, $"The server's response could not be used: {Scrub(why)}.", Where);

    public void Dispose()
    {
        IsDisposed = true;
        _body?.Dispose();
        Http.Dispose();
        _slot.Dispose();
    }

    private FileIdentity ReadIdentity(HttpResponseMessage response, Uri url, Uri asked)
    {
        var mark = AddressMark.Of(asked);

        // HttpClient does not parse Azure's unquoted ETags, so the raw text is used.
        var tag = EntityTag.Read(response.Header("ETag"));

        // No file is older. Such a date is a mistake of the server.
        var modified = response.Content.Headers.LastModified is { } date && date >= DateTimeOffset.UnixEpoch ? date : (DateTimeOffset?)null;
        var length = response.StatusCode == HttpStatusCode.OK && !IsPart ? ContentLength : ContentRange?.Total;
        return new FileIdentity
        {
            Asked = mark,
            Url = Where.AbsoluteUri,
            Query = AddressMark.OfQuery(url, hasStrongETag: tag is { IsWeak: false }, isRedirect: url != asked && AddressMark.Of(url) != mark),
            ETag = tag,
            LastModified = modified,

            // Only the server's own clock counts (RFC 9110 §8.8.2.2), because the clock of this machine may be ahead.
            IsLastModifiedStrong = modified is not null && response.Headers.Date - modified >= TimeSpan.FromSeconds(1),
            Length = IsDecompressed || HasUnreadableRange ? null : length,
            MediaType = MediaTypes.Read(response),
        };
    }

    /// <summary>The body as a stream that reports a fault as an exception.</summary>
    private sealed class BodyStream(RemoteResponse response) : ForwardStream
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            await response.OpenBody(cancellationToken).ReadAsync(buffer).ConfigureAwait(false) is >= 0 and var count ? count : throw new IOException(response.Fault?.Message);

        public override int Read(Span<byte> buffer) => throw new NotSupportedException();
    }
}
