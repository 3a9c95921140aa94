using System.Net;
using MlHub.Sdk.Downloads.Digests;

namespace MlHub.Sdk.Downloads.Remote;

/// <summary>An answer at the end of the redirects: its headers understood, its body still to be read.</summary>
internal sealed class RemoteAnswer : IDisposable
{
    private readonly HttpResponseMessage _response;
    private readonly IDisposable _slot;

    internal RemoteAnswer(HttpResponseMessage response, Uri url, IDisposable slot, Func<string, string> scrub)
    {
        Scrub = scrub;
        _response = response;
        _slot = slot;
        Url = url;
        var headers = response.Headers.NonValidated;
        var contentHeaders = response.Content.Headers.NonValidated;
        ContentRange = response.StatusCode is HttpStatusCode.PartialContent or HttpStatusCode.RequestedRangeNotSatisfiable
            ? ContentRange.Read(contentHeaders.TryGetValues("Content-Range", out var range) ? range.ToString() : null)
            : null;
        ContentLength = response.Content.Headers.ContentLength;
        ContentEncoding = contentHeaders.TryGetValues("Content-Encoding", out var encoding) ? encoding.ToString() : null;
        HasUnreadableLength = ContentLength is null && contentHeaders.Contains("Content-Length");
        HasTwoLengths = contentHeaders.TryGetValues("Content-Length", out var lengths)
            && lengths.Distinct(StringComparer.Ordinal).Skip(1).Any();
        TransferCoding = headers.TryGetValues("Transfer-Encoding", out var coding) ? coding.ToString() : null;
        RefusesRanges = response.Headers.AcceptRanges.Contains("none");
        Digests = ServerDigests.Read(response.StatusCode, headers, contentHeaders);
        Identity = ReadIdentity(response, url, ContentRange, ContentLength);
    }

    /// <summary>The final address, secrets and all: it is never logged or stored.</summary>
    internal Uri Url { get; }

    /// <summary>Takes what was sent and is secret out of what a server says.</summary>
    internal Func<string, string> Scrub { get; }

    internal HttpStatusCode Status => _response.StatusCode;

    internal RemoteIdentity Identity { get; }

    internal ContentRange? ContentRange { get; }

    internal long? ContentLength { get; }

    internal string? ContentEncoding { get; }

    /// <summary>Whether a length was sent that is no number: the body cannot be told from a part of it (RFC 9112 §6.3).</summary>
    internal bool HasUnreadableLength { get; }

    /// <summary>Whether lengths were sent that contradict each other: of those, HttpClient takes the first.</summary>
    internal bool HasTwoLengths { get; }

    /// <summary>How the body was coded for its way (RFC 9112 §6.1); HttpClient undoes <c>chunked</c> alone.</summary>
    internal string? TransferCoding { get; }

    internal bool RefusesRanges { get; }

    internal IReadOnlyList<FileDigest> Digests { get; }

    internal HttpResponseMessage Response => _response;

    internal Task<Stream> OpenBodyAsync(CancellationToken cancellationToken) => _response.Content.ReadAsStreamAsync(cancellationToken);

    public void Dispose()
    {
        _response.Dispose();
        _slot.Dispose();
    }

    private static RemoteIdentity ReadIdentity(HttpResponseMessage response, Uri url, ContentRange? range, long? contentLength)
    {
        // HttpClient does not parse the unquoted ETags of Azure: take the text.
        var tag = response.Headers.NonValidated.TryGetValues("ETag", out var tags) ? EntityTag.Read(tags.ToString()) : null;
        var modified = response.Content.Headers.LastModified;
        return new RemoteIdentity
        {
            Url = RedactedUrl.Of(url).AbsoluteUri,
            QueryMark = AddressMark.OfTarget(url),
            ETag = tag,
            LastModified = modified,

            // By the server's own clock alone (RFC 9110 §8.8.2.2): this machine's may be ahead.
            IsLastModifiedStrong = modified is not null && response.Headers.Date - modified >= TimeSpan.FromSeconds(1),
            Length = response.StatusCode == HttpStatusCode.OK ? contentLength : range?.Total,
        };
    }
}
