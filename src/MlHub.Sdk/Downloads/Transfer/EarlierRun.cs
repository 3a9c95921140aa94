using MlHub.Sdk.Downloads.Disk;
using MlHub.Sdk.Downloads.Journaling;
using MlHub.Sdk.Downloads.Naming;
using MlHub.Sdk.Downloads.Planning;
using MlHub.Sdk.Downloads.Remote;

namespace MlHub.Sdk.Downloads.Transfer;

/// <summary>
/// What an earlier run has left for the file that an address leads to. It is looked up before each request, so that the first one already
/// asks for a range that is missing.
/// </summary>
internal sealed class EarlierRun(Uri asked, Func<Uri, Target> aim)
{
    private const long MostFirst = 16 * 1024 * 1024;
    private static readonly TimeProvider NoTime = TimeProvider.System;

    /// <summary>The journal that the last wish went by.</summary>
    internal Journal? Journal { get; private set; }

    /// <summary>Whether the part has another name, as a file of its own, and so is not to be written.</summary>
    internal bool HasOtherNames { get; private set; }

    /// <summary>What was asked for.</summary>
    internal RangeWish? Wish { get; private set; }

    /// <summary>Decides what to ask an address for.</summary>
    internal RangeWish? WishFor(Uri url)
    {
        var target = aim(url);

        // cp -al makes snapshots of such names: to go on with the part would be to write into them.
        HasOtherNames = OrdinaryFile.HasOtherNames(target.PartPath);
        Journal = HasOtherNames ? null : JournalFile.TryRead(target);
        Wish = Journal is not null && Journal.Identity.Url == RedactedUrl.Of(url).AbsoluteUri && Journal.AddressMark == AddressMark.Of(asked) ? MakeWish(Journal) : null;
        return Wish;
    }

    /// <summary>Whether the journal is still the one that the wish went by: another process may have gone on meanwhile.</summary>
    internal bool IsCurrent(Target target)
    {
        var now = OrdinaryFile.HasOtherNames(target.PartPath) ? null : JournalFile.TryRead(target);
        return now is null || Journal is null
            ? now is null && Journal is null
            : now.Identity == Journal.Identity && now.States.AsSpan().SequenceEqual(Journal.States) && now.Checksums.AsSpan().SequenceEqual(Journal.Checksums);
    }

    internal static Plan MakePlan(Journal journal, TimeProvider time) => new(journal.Granules, journal.States, journal.Checksums, time);

    // When all is there, its last byte is asked for: something has to show that the remote is still the same.
    private static RangeWish MakeWish(Journal journal)
    {
        var length = journal.Granules.FileLength;
        var gap = MakePlan(journal, NoTime).FirstGap() ?? new ByteRange(length - 1, length);
        // Not the whole gap: others will take of it, and a body that is given up half-way has been sent in vain.
        return new RangeWish(gap with { End = Math.Min(gap.End, gap.Start + MostFirst) }, journal.Identity.ETag?.ForIfRange);
    }
}
