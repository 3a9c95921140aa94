using System.Net;
using MlHub.Sdk.Downloads.Remote;

namespace MlHub.Sdk.Downloads.Transfer;

/// <summary>What the answer to a range must be like to be built on.</summary>
internal static class RangeRules
{
    /// <exception cref="RemoteChange">It is of another version of the file.</exception>
    /// <exception cref="RangesUnusable">It is not the range that was asked for.</exception>
    internal static void Require(RemoteAnswer answer, ByteRange asked, RemoteIdentity known)
    {
        AnswerRules.RequirePlain(answer);
        RequireSame(answer, known);
        if (answer.Status != HttpStatusCode.PartialContent)
        {
            throw new RangesUnusable(answer.Status == HttpStatusCode.OK
                ? "the server sends the whole file where a range is asked for"
                : "the server refuses a range of the file that it has");
        }

        if (answer.ContentRange?.Range is not { } range)
        {
            throw new RangesUnusable("the server's answer to a range does not say which bytes it holds");
        }

        if (range.Start != asked.Start || range.End > asked.End || (answer.ContentLength is { } length && length != range.Length))
        {
            throw new RangesUnusable($"the server sends bytes {range.Start} to {range.End - 1} where {asked.Start} to {asked.End - 1} are asked for");
        }
    }

    private static void RequireSame(RemoteAnswer answer, RemoteIdentity known)
    {
        var later = answer.Identity;
        if (answer.Status == HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            // A 416 need not bear validators; its total alone tells whether the file is another.
            if (later.Length is not null && later.Length != known.Length)
            {
                throw new RemoteChange($"its length was {known.Length} and is now {later.Length}");
            }

            return;
        }

        // A multipart body (RFC 9110 §14.6) has its ranges inside, where nobody asked for more than one.
        if (answer.Status == HttpStatusCode.PartialContent && answer.ContentRange is null)
        {
            return;
        }

        // An address that was asked for anew may lead elsewhere, where an equal ETag or date means nothing (RFC 9110 §8.8).
        if (later.Url != known.Url)
        {
            throw new RemoteChange($"its address was {known.Url} and is now {later.Url}");
        }

        // bytes 0-9/*: the total is not said; a strong ETag says it as well.
        later = later.Length is null && known.ETag is { IsWeak: false } ? later with { Length = known.Length } : later;
        if (answer.Status == HttpStatusCode.PartialContent && later.Length is null)
        {
            throw new RangesUnusable("the server's answer to a range does not say how long the file is");
        }

        if (known.DifferenceFrom(later) is { } difference)
        {
            throw new RemoteChange(answer.Scrub(difference));
        }

        if (known.DoubtAbout(later) is { } doubt)
        {
            throw new RangesUnusable(doubt);
        }
    }
}
