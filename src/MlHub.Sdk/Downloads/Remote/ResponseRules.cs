using System.Net;
using MlHub.Sdk.Downloads.Identity;
using MlHub.Sdk.Downloads.Planning;

namespace MlHub.Sdk.Downloads.Remote;

/// <summary>The kind of a response to a range request.</summary>
internal enum RangeVerdict
{
    /// <summary>The requested range of the same file.</summary>
    Right,

    /// <summary>Not the requested range, although it may be from the same file.</summary>
    NotTheRange,

    /// <summary>The same file, complete.</summary>
    WholeFile,

    /// <summary>Another file, or another version of the file.</summary>
    OtherFile,

    /// <summary>A body that is not the file's own bytes: it is compressed, or its length is unknown.</summary>
    NotItsBytes,
}

/// <summary>Decides whether the body of a response may be stored.</summary>
internal static class ResponseRules
{
    // Caches that store a file in blocks may start a range at the start of a block. The bytes before the requested range are read and discarded, up to this
    // number.
    private const long MostBefore = 8 * 1024 * 1024;

    /// <summary>The reason why a body is not the file's own bytes with a known length. Null if it is.</summary>
    internal static string? WhyNotItsBytes(RemoteResponse response, string name, ReadOnlySpan<byte> first) =>
        response.Codings.Count > 0 && !ContentCoding.IsStored(response, name, first)
            ? $"compressed (Content-Encoding: {string.Join(", ", response.Codings)}), although no coding was requested. Such a body cannot be verified."
        : response.TransferCoding is { Length: > 0 } coding && !coding.Equals("chunked", StringComparison.OrdinalIgnoreCase)
            ? $"with a transfer coding (Transfer-Encoding: {coding}), although no coding was requested. Such a body cannot be verified."
        : response.HasTwoLengths ? "with two different Content-Length headers. Such a body cannot be checked for completeness."

        // RFC 9112 §6.3: an error, because a proxy may have used the other of the two headers.
        : response.ContentLength is not null && response.TransferCoding is not null
            ? $"with both a Content-Length and a Transfer-Encoding ({response.TransferCoding}). Such a body cannot be checked for completeness."
        : response.HasUnreadableLength ? "with a Content-Length that is not a number. Such a body cannot be checked for completeness."
        : response.Status == HttpStatusCode.OK && response.Identity.MediaType == "multipart/byteranges"
            ? "as several parts in one body (multipart/byteranges), which was not requested."
        : response.Status == HttpStatusCode.OK && !response.IsPart && response.ContentRange?.Range is { } part && part != new ByteRange(0, response.ContentRange.Total ?? -1)
            ? $"only partly (bytes {part.Start} to {part.End - 1}), with the status of a complete file."
        : response.Status == HttpStatusCode.OK && response.HasUnreadableRange ? "with an invalid Content-Range. Such a body cannot be checked for completeness."
        : null;

    /// <summary>Checks the response to a range request.</summary>
    /// <param name="response">The response.</param>
    /// <param name="asked">The requested range.</param>
    /// <param name="known">The identity of the file.</param>
    /// <param name="hasDigest">Whether a digest of the whole file is known.</param>
    /// <param name="name">The file's name.</param>
    /// <returns>The kind of the response, and a readable reason. The reason is null if the response is as requested.</returns>
    internal static (RangeVerdict Verdict, string? Why) Check(RemoteResponse response, ByteRange asked, FileIdentity known, bool hasDigest, string name)
    {
        if (response.Status == HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            // A 416 may have no validators. Only its total length shows whether the file is another one.
            return response.Identity.Length is { } total && total != known.Length
                ? (RangeVerdict.OtherFile, $"its length was {known.Length} and is now {total}")
                : (RangeVerdict.NotTheRange, "the server rejects a range that is within the file");
        }

        if (response.Status == HttpStatusCode.OK && !response.IsPart && (response.ContentRange is not null || response.HasUnreadableRange))
        {
            return (RangeVerdict.NotTheRange, "the server sends a range with the status of a complete file");
        }

        if (response.IsPart && (response.ContentRange?.Range is null || MediaTypes.IsMultipart(response.Identity.MediaType)))
        {
            // The ranges of a multipart body are inside the body, with their own headers (RFC 9110 §14.6). A Content-Range header of the response is ignored.
            return (RangeVerdict.NotTheRange, "the server's response to a range request does not say which bytes it contains");
        }

        if (response.IsPart && response.Identity.Length is null && known.ETag is not { IsWeak: false })
        {
            return (RangeVerdict.NotTheRange, "the server's response to a range request does not contain the length of the file");
        }

        var comparison = Sameness.OfResponses(known, response.Identity, hasDigest);
        if (comparison.Differs)
        {
            return (RangeVerdict.OtherFile, response.Scrub(comparison.Why!));
        }

        if (!response.IsPart)
        {
            return (RangeVerdict.WholeFile, "the server sends the whole file in response to a range request");
        }

        if (comparison.Likeness == Likeness.Unproved)
        {
            return (RangeVerdict.NotTheRange, comparison.Why);
        }

        if (WhyNotItsBytes(response, name, []) is { } coded)
        {
            return (RangeVerdict.NotItsBytes, coded);
        }

        var range = response.ContentRange!.Range!.Value;
        return range.Start > asked.Start || asked.Start - range.Start > MostBefore || range.End <= asked.Start || (response.ContentLength is { } length && length != range.Length)
            ? (RangeVerdict.NotTheRange, $"the server sends bytes {range.Start} to {range.End - 1} instead of {asked.Start} to {asked.End - 1}")
            : (RangeVerdict.Right, null);
    }
}
