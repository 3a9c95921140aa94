using MlHub.Sdk.Downloads.Files;
using MlHub.Sdk.Downloads.Planning;

namespace MlHub.Sdk.Downloads.Resume;

/// <summary>
/// The part file and journal of an earlier run for the file at an address. They are looked up before each request, so that already the first request asks for a
/// missing range.
/// </summary>
/// <param name="asked">The mark of the requested address.</param>
/// <param name="targetOf">Returns the target of the file at an address.</param>
internal sealed class EarlierRun(ulong asked, Func<Uri, Target> targetOf)
{
    private const long MostFirst = 16 * 1024 * 1024;

    /// <summary>The state in the journal. Null if there is no usable journal.</summary>
    internal ResumeState? State { get; private set; }

    /// <summary>Whether the part file has a second hard link and must not be written to. <c>cp -al</c> creates such snapshots.</summary>
    internal bool HasOtherNames { get; private set; }

    /// <summary>The requested range. Null if the whole file was requested.</summary>
    internal RangeRequest? Range { get; private set; }

    /// <summary>Decides which range to request from an address. Null is the whole file.</summary>
    internal RangeRequest? RangeFor(Uri url)
    {
        var target = targetOf(url);
        HasOtherNames = PartFile.HasOtherNames(target);
        State = Read(target);
        Range = State is { } state && state.Identity.Url == RedactedUrl.Of(url).AbsoluteUri && state.Identity.Asked == asked ? FirstRange(state) : null;
        return Range;
    }

    /// <summary>Whether the journal is still the one that was looked up. Another process may have continued the download since.</summary>
    internal bool IsCurrent(Target target) => Read(target) is { } now ? State is not null && now.IsAs(State) : State is null;

    /// <summary>The number of stored bytes according to the journal.</summary>
    internal static long BytesIn(Target target) => Read(target)?.MakePlan(TimeProvider.System).BytesDone ?? 0;

    private static ResumeState? Read(Target target) => PartFile.ReadJournal(target) is { } bytes ? JournalFormat.Read(bytes) : null;

    // If all blocks are complete, the last byte is requested, because a response is needed to prove that the remote file is still the same. Otherwise only part
    // of the gap is requested: other connections will take some of it, and the rest of a cancelled body would be sent for nothing.
    private static RangeRequest FirstRange(ResumeState state)
    {
        var length = state.Blocks.FileLength;
        var gap = state.MakePlan(TimeProvider.System).FirstGap() ?? new ByteRange(length - 1, length);
        return new RangeRequest(gap with { End = Math.Min(gap.End, gap.Start + MostFirst) }, state.Identity.ETag?.ForIfRange);
    }
}
