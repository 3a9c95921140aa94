using System.Net;
using MlHub.Sdk.Downloads.Identity;
using MlHub.Sdk.Downloads.Planning;

namespace MlHub.Sdk.Downloads.Remote;

/// <summary>What the answer to a range is.</summary>
internal enum RangeAnswer
{
    /// <summary>The range that was asked for, of the same file.</summary>
    Right,

    /// <summary>Not the range that was asked for, though it may be of the same file.</summary>
    NotTheRange,

    /// <summary>The whole of the same file.</summary>
    WholeFile,

    /// <summary>Of another file, or of another version.</summary>
    OtherFile,

    /// <summary>Of bytes that are not the file's own: compressed, or of a length that cannot be known.</summary>
    NotItsBytes,
}

/// <summary>What an answer must be like for its body to be stored.</summary>
internal static class AnswerRules
{
    // Caches that keep blocks of a file may begin at the start of a block. What comes before the range is read and thrown away, up to this much.
    private const long MostBefore = 8 * 1024 * 1024;

    /// <summary>Why a body is not the file's own bytes, all of which can be counted; null when it is.</summary>
    internal static string? WhyNotItsBytes(RemoteAnswer answer, string name, ReadOnlySpan<byte> first) =>
        answer.Codings.Count > 0 && !ContentCoding.IsStored(answer, name, first)
            ? $"compressed (Content-Encoding: {string.Join(", ", answer.Codings)}), though it was asked not to. Such a body cannot be verified."
        : answer.TransferCoding is { Length: > 0 } coding && !coding.Equals("chunked", StringComparison.OrdinalIgnoreCase)
            ? $"coded for its way (Transfer-Encoding: {coding}), though it was asked not to. Such a body cannot be verified."
        : answer.HasTwoLengths ? "with two Content-Lengths that differ. Whether such a body is whole cannot be known."

        // RFC 9112 §6.3: an error, since a proxy may have read the body by the other of the two.
        : answer.ContentLength is not null && answer.TransferCoding is not null
            ? $"with both a Content-Length and a Transfer-Encoding ({answer.TransferCoding}). Whether such a body is whole cannot be known."
        : answer.HasUnreadableLength ? "with a Content-Length that is no number. Whether such a body is whole cannot be known."
        : answer.Status == HttpStatusCode.OK && answer.Identity.MediaType == "multipart/byteranges"
            ? "as several parts in one body (multipart/byteranges), which nobody asked for."
        : answer.Status == HttpStatusCode.OK && !answer.IsPart && answer.ContentRange?.Range is { } part && part != new ByteRange(0, answer.ContentRange.Total ?? -1)
            ? $"in part only (bytes {part.Start} to {part.End - 1}), with the status of a whole file."
        : answer.Status == HttpStatusCode.OK && answer.HasUnreadableRange ? "with a Content-Range that cannot be read. Whether such a body is whole cannot be known."
        : null;

    /// <summary>Judges the answer to a range.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="asked">The range that was asked for.</param>
    /// <param name="known">What is known of the file.</param>
    /// <param name="hasDigest">Whether a digest of the whole file is known.</param>
    /// <param name="name">The file's name.</param>
    /// <returns>The judgement, and the reason for a person; null when it is right.</returns>
    internal static (RangeAnswer Answer, string? Why) Judge(RemoteAnswer answer, ByteRange asked, FileIdentity known, bool hasDigest, string name)
    {
        if (answer.Status == HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            // A 416 need not bear validators. Its total alone tells whether the file is another.
            return answer.Identity.Length is { } total && total != known.Length
                ? (RangeAnswer.OtherFile, $"its length was {known.Length} and is now {total}")
                : (RangeAnswer.NotTheRange, "the server refuses a range of the file that it has");
        }

        if (answer.Status == HttpStatusCode.OK && !answer.IsPart && (answer.ContentRange is not null || answer.HasUnreadableRange))
        {
            return (RangeAnswer.NotTheRange, "the server answers a range with the status of a whole file");
        }

        if (answer.IsPart && (answer.ContentRange?.Range is null || MediaTypes.IsMultipart(answer.Identity.MediaType)))
        {
            // A multipart body has its ranges inside (RFC 9110 §14.6), with headers of their own, whatever Content-Range says beside it.
            return (RangeAnswer.NotTheRange, "the server's answer to a range does not say which bytes it holds");
        }

        if (answer.IsPart && answer.Identity.Length is null && known.ETag is not { IsWeak: false })
        {
            return (RangeAnswer.NotTheRange, "the server's answer to a range does not say how long the file is");
        }

        var comparison = Sameness.OfAnswers(known, answer.Identity, hasDigest);
        if (comparison.Differs)
        {
            return (RangeAnswer.OtherFile, answer.Scrub(comparison.Why!));
        }

        if (!answer.IsPart)
        {
            return (RangeAnswer.WholeFile, "the server sends the whole file where a range is asked for");
        }

        if (comparison.Likeness == Likeness.Unproved)
        {
            return (RangeAnswer.NotTheRange, comparison.Why);
        }

        if (WhyNotItsBytes(answer, name, []) is { } coded)
        {
            return (RangeAnswer.NotItsBytes, coded);
        }

        var range = answer.ContentRange!.Range!.Value;
        return range.Start > asked.Start || asked.Start - range.Start > MostBefore || range.End <= asked.Start || (answer.ContentLength is { } length && length != range.Length)
            ? (RangeAnswer.NotTheRange, $"the server sends bytes {range.Start} to {range.End - 1} where {asked.Start} to {asked.End - 1} are asked for")
            : (RangeAnswer.Right, null);
    }
}
