using MlHub.Sdk.Downloads.Files;
using MlHub.Sdk.Downloads.Planning;

namespace MlHub.Sdk.Downloads.Resume;

/// <summary>
/// What an earlier run has left of the file that an address leads to. It is looked up before each request, so that already the first request asks for a
/// range that is missing.
/// </summary>
/// <param name="asked">The mark of the address that is asked for.</param>
/// <param name="targetOf">Where a file goes that comes from an address.</param>
internal sealed class EarlierRun(ulong asked, Func<Uri, Target> targetOf)
{
    private const long MostFirst = 16 * 1024 * 1024;

    /// <summary>What the journal says; null when there is none that can be used.</summary>
    internal ResumeState? State { get; private set; }

    /// <summary>Whether the part has another name, as a file of its own, and must not be written to: <c>cp -al</c> makes snapshots so.</summary>
    internal bool HasOtherNames { get; private set; }

    /// <summary>The range that was asked for; null when the whole file was.</summary>
    internal RangeRequest? Range { get; private set; }

    /// <summary>Decides what to ask an address for; null is the whole file.</summary>
    internal RangeRequest? RangeFor(Uri url)
    {
        var target = targetOf(url);
        HasOtherNames = PartFile.HasOtherNames(target);
        State = Read(target);
        Range = State is { } state && state.Identity.Url == RedactedUrl.Of(url).AbsoluteUri && state.Identity.Asked == asked ? FirstRange(state) : null;
        return Range;
    }

    /// <summary>Whether the journal is still the one that was looked up: another process may have gone on meanwhile.</summary>
    internal bool IsCurrent(Target target) => Read(target) is { } now ? State is not null && now.IsAs(State) : State is null;

    /// <summary>How many bytes of a file are there, as its journal says.</summary>
    internal static long BytesIn(Target target) => Read(target)?.MakePlan(TimeProvider.System).BytesDone ?? 0;

    private static ResumeState? Read(Target target) => PartFile.ReadJournal(target) is { } bytes ? JournalFormat.Read(bytes) : null;

    // When all blocks are there, the last byte is asked for: something has to show that the remote is still the same. Otherwise not the whole gap,
    // since other connections will take some of it, and a body that is given up half-way was sent in vain.
    private static RangeRequest FirstRange(ResumeState state)
    {
        var length = state.Blocks.FileLength;
        var gap = state.MakePlan(TimeProvider.System).FirstGap() ?? new ByteRange(length - 1, length);
        return new RangeRequest(gap with { End = Math.Min(gap.End, gap.Start + MostFirst) }, state.Identity.ETag?.ForIfRange);
    }
}
