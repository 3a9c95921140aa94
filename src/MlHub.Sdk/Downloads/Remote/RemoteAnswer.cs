using System.Net;
using MlHub.Sdk.Downloads.Identity;
using MlHub.Sdk.Downloads.Integrity;
using MlHub.Sdk.Downloads.Pacing;

namespace MlHub.Sdk.Downloads.Remote;

/// <summary>An answer at the end of the redirects: its headers are understood, its body is still to be read.</summary>
internal sealed class RemoteAnswer : IDisposable
{
    private readonly IDisposable _place;
    private readonly RemoteAccess _access;
    private Body? _body;

    /// <param name="response">The answer.</param>
    /// <param name="url">Where it came from.</param>
    /// <param name="asked">The address that was asked for.</param>
    /// <param name="access">How bodies are read.</param>
    /// <param name="place">The place at the host, which is given back with the answer.</param>
    /// <param name="scrub">Takes what was sent and is secret out of the server's words.</param>
    internal RemoteAnswer(HttpResponseMessage response, Uri url, Uri asked, RemoteAccess access, IDisposable place, Func<string, string> scrub)
    {
        (Response, Url, Where, Scrub, _place, _access) = (response, url, RedactedUrl.Of(url), scrub, place, access);
        ContentRange = ContentRange.Read(response.Header("Content-Range"));
        ContentLength = response.Content.Headers.ContentLength;
        HasUnreadableRange = ContentRange?.Range is null && response.StatusCode != HttpStatusCode.RequestedRangeNotSatisfiable
            && response.Header("Content-Range") is { } text && !(response.StatusCode == HttpStatusCode.OK && text.EndsWith($"/{ContentLength}", StringComparison.Ordinal));
        IsPart = response.StatusCode == HttpStatusCode.PartialContent
            || (response.StatusCode == HttpStatusCode.OK && ContentRange?.Range is { } part && part.Length == ContentLength && part.Length < ContentRange.Total);
        Codings = BodyCoding.Read(response.Header("Content-Encoding"));
        HasUnreadableLength = ContentLength is null && response.Header("Content-Length") is not null;
        HasTwoLengths = response.Lines("Content-Length").Distinct(StringComparer.Ordinal).Skip(1).Any();
        TransferCoding = response.Header("Transfer-Encoding");
        RefusesRanges = response.Headers.AcceptRanges.Contains("none");
        IsDecompressed = ContentCoding.IsDecompressedByGoogle(response);
        Digests = IsDecompressed ? [] : ServerDigests.Read(response, isWhole: response.StatusCode == HttpStatusCode.OK && !IsPart);
        Identity = ReadIdentity(response, url, AddressMark.Of(asked));
        HasMoved = ExactUri.LastSegment(url) != ExactUri.LastSegment(asked);
    }

    /// <summary>The final address with all its secrets: it is never logged or stored.</summary>
    internal Uri Url { get; }

    /// <summary>The final address without secrets, for messages.</summary>
    internal Uri Where { get; }

    /// <summary>Whether redirects led to an address with another last segment than the one that was asked for.</summary>
    internal bool HasMoved { get; }

    internal Func<string, string> Scrub { get; }

    internal HttpStatusCode Status => Response.StatusCode;

    /// <summary>The time by the server's clock; null when it does not tell.</summary>
    internal DateTimeOffset? Date => Response.Headers.Date;

    internal FileIdentity Identity { get; }

    internal ContentRange? ContentRange { get; }

    /// <summary>
    /// Whether a <c>Content-Range</c> was sent that does not tell a range. Then the length of the body need not be that of the file, unless the header says so (<c>bytes
    /// 0-/123</c>).
    /// </summary>
    internal bool HasUnreadableRange { get; }

    internal long? ContentLength { get; }

    /// <summary>
    /// Whether the body is a part of the file. Some servers send a range with the status of a whole file (200). Then the range, the length of the body and
    /// the length of the file must agree.
    /// </summary>
    internal bool IsPart { get; }

    /// <summary>The byte of the file that the body begins with.</summary>
    internal long BodyStart => IsPart ? ContentRange?.Range?.Start ?? 0 : 0;

    /// <summary>The codings that <c>Content-Encoding</c> names; empty for the file's own bytes.</summary>
    internal IReadOnlyList<string> Codings { get; }

    /// <summary>Whether a length was sent that is no number: such a body cannot be told from a part of it (RFC 9112 §6.3).</summary>
    internal bool HasUnreadableLength { get; }

    /// <summary>Whether lengths were sent that contradict each other. HttpClient would take the first.</summary>
    internal bool HasTwoLengths { get; }

    /// <summary><c>Transfer-Encoding</c> (RFC 9112 §6.1). HttpClient decodes <c>chunked</c> alone.</summary>
    internal string? TransferCoding { get; }

    internal bool RefusesRanges { get; }

    /// <summary>Whether the server decompressed the file on its way, so that length, digests and ranges are of other bytes.</summary>
    internal bool IsDecompressed { get; }

    /// <summary>The digests of the whole file that the headers promise.</summary>
    internal IReadOnlyList<FileDigest> Digests { get; }

    internal HttpResponseMessage Response { get; }

    /// <summary>Whether the answer was let go, so that its body cannot be read any more. Its headers stay.</summary>
    internal bool IsDisposed { get; private set; }

    /// <summary>The body; the same for every call.</summary>
    /// <param name="cancellationToken">Ends reading.</param>
    internal Body OpenBody(CancellationToken cancellationToken)
    {
        _body ??= new Body(Response.Content, Where, gathers: Url.Scheme == Uri.UriSchemeHttps, Scrub, _access.Options.StallTimeout, _access.Time);
        _body.StopOn(cancellationToken);
        return _body;
    }

    /// <summary>Why the body broke; null as long as it did not.</summary>
    internal Fault? Fault => _body?.Fault;

    /// <summary>The server's own words, for an answer whose body is not to be stored; null when there are none.</summary>
    internal async Task<string?> ReadWordsAsync(CancellationToken cancellationToken)
    {
        // Many servers compress their error pages whatever the request says.
        using var decoded = Codings.Count == 0 ? null : new DecodedStream(new BodyStream(this), Codings);
        return await ServerWords.ReadAsync(
            token => decoded is null ? OpenBody(token).ReadAsync : buffer => decoded.ReadAsync(buffer, token), Scrub, _access.Time, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The fault of an answer that is not what was asked for.</summary>
    internal Fault Odd(string why) => new(FaultKind.Odd, $"The server's answer could not be used: {Scrub(why)}.", Where);

    public void Dispose()
    {
        IsDisposed = true;
        _body?.Dispose();
        Response.Dispose();
        _place.Dispose();
    }

    private FileIdentity ReadIdentity(HttpResponseMessage response, Uri url, ulong asked)
    {
        // HttpClient does not parse Azure's unquoted ETags, so the text is taken.
        var tag = EntityTag.Read(response.Header("ETag"));
        var modified = response.Content.Headers.LastModified;
        var length = response.StatusCode == HttpStatusCode.OK && !IsPart ? ContentLength : ContentRange?.Total;
        return new FileIdentity
        {
            Asked = asked,
            Url = Where.AbsoluteUri,
            Query = AddressMark.OfTarget(url),
            ETag = tag,
            LastModified = modified,

            // By the server's own clock alone (RFC 9110 §8.8.2.2): this machine's may be ahead.
            IsLastModifiedStrong = modified is not null && response.Headers.Date - modified >= TimeSpan.FromSeconds(1),
            Length = IsDecompressed || HasUnreadableRange ? null : length,
            MediaType = MediaTypes.Read(response),
        };
    }

    /// <summary>The body as a stream, which tells of a fault by an exception.</summary>
    private sealed class BodyStream(RemoteAnswer answer) : ForwardStream
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            await answer.OpenBody(cancellationToken).ReadAsync(buffer).ConfigureAwait(false) is >= 0 and var count ? count : throw new IOException(answer.Fault?.Message);

        public override int Read(Span<byte> buffer) => throw new NotSupportedException();
    }
}
