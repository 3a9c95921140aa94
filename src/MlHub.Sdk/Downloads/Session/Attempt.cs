using System.Net;
using MlHub.Sdk.Downloads.Files;
using MlHub.Sdk.Downloads.Identity;
using MlHub.Sdk.Downloads.Integrity;
using MlHub.Sdk.Downloads.Pacing;
using MlHub.Sdk.Downloads.Planning;
using MlHub.Sdk.Downloads.Remote;
using MlHub.Sdk.Downloads.Reporting;
using MlHub.Sdk.Downloads.Resume;
using MlHub.Sdk.Downloads.Transfer;

namespace MlHub.Sdk.Downloads.Session;

/// <summary>
/// One attempt at a download: ask, look at what is there already, fetch what is missing, put the file in place. It returns what is to happen next. The first
/// answer of an attempt decides which file and which version it is; no later answer can undo that.
/// </summary>
internal sealed class Attempt(DownloadRequest request, DownloadServices services, RemoteFile remote, Retries retries, ProgressReporter progress, Learned learned, Place place)
{
    // For a smaller file, plan and journal cost more than they could save.
    private const long MostWhole = 32 * 1024;
    private readonly ulong _asked = AddressMark.Of(request.Url);
    private readonly bool _flush = request.Options.FlushToDisk ?? services.Options.FlushToDisk;

    // Whether the file may replace what lies under the final name. What comes to lie there later is somebody else's.
    private bool _replaces;

    internal async Task<Next> RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await AskLookAndFetchAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            place.Part?.Close();
        }
    }

    private async Task<Next> AskLookAndFetchAsync(CancellationToken cancellationToken)
    {
        progress.Report(DownloadPhase.Starting, 0, 0);
        learned.WhyNotResumable = null;
        await place.LockAsync(cancellationToken).ConfigureAwait(false);

        // Ask. The journal of an earlier run says which range.
        using var round = await retries.AskAsync(cancellationToken).ConfigureAwait(false);
        var earlier = new EarlierRun(_asked, url => place.Target ?? new Target(place.Directory, FileNames.For(request, url)));
        var reply = await remote.OpenAsync(url => learned.RangesUsable ? earlier.RangeFor(url) : null, cancellationToken).ConfigureAwait(false);
        if (!reply.IsAnswer)
        {
            return new Next.Again(reply.Fault, round);
        }

        // Lock, if only the answer told the name. What lies there was looked at without the lock.
        using var answer = reply.Answer;
        var target = place.Target ?? place.Choose(FileNames.For(request, answer.Url));
        if (!place.IsSettled && (!place.TryLock(out _) || !earlier.IsCurrent(target)))
        {
            return new Next.Again();
        }

        // Look: at what comes, and at what is there.
        var first = ErrorPages.NeedsFirstBytes(answer) ? await answer.PeekAsync(cancellationToken).ConfigureAwait(false) : [];
        if (answer.Fault is { } fault && first.Length == 0)
        {
            return new Next.Again(fault, round);
        }

        await RequireNoPageAsync(answer, earlier, target, first, cancellationToken).ConfigureAwait(false);
        _replaces = request.Options.IfExists == IfExists.Overwrite || target.IsNameTaken();
        if (await new ExistingFile(request, services, progress, learned, place, target).JudgeAsync(answer, cancellationToken).ConfigureAwait(false) is { } judged)
        {
            if (judged is Next.Done)
            {
                place.Discard();
            }

            return judged;
        }

        // Fetch.
        var part = place.RequirePart();
        return earlier.Range is { } range
            ? await ResumeAsync(part, answer, round, range, earlier.State!, cancellationToken).ConfigureAwait(false)
            : await BeginAsync(part, answer, round, earlier, first, cancellationToken).ConfigureAwait(false);
    }

    // A login form or an error that comes with status 200 is never stored as the file, and never replaces it.
    private async Task RequireNoPageAsync(RemoteAnswer answer, EarlierRun earlier, Target target, byte[] first, CancellationToken cancellationToken)
    {
        if (request.Options.AllowPages || answer.Status == HttpStatusCode.RequestedRangeNotSatisfiable || (request.Options.IfExists == IfExists.Skip && target.IsNameTaken()))
        {
            return;
        }

        var noted = earlier.State?.Identity ?? Receipt.Of(target.FinalPath)?.Identity;
        var before = noted?.Asked == _asked ? noted.MediaType : null;
        if (ErrorPages.WhatCame(answer, FileNames.Asked(request), target.FileName, before, first) is not { } page)
        {
            return;
        }

        var where = RedactedUrl.Of(answer.Url);
        var words = answer.Status == HttpStatusCode.OK ? await answer.ReadWordsAsync(cancellationToken).ConfigureAwait(false) : null;
        var said = words is null ? string.Empty : $" The server said: {words}";
        throw new DownloadException(
            DownloadFailure.UnexpectedPage,
            $"{where} sent {page} instead of '{target.FileName}', and it was not stored. Check the address and whether a login is needed, or allow pages (--allow-pages).{said}")
        {
            StatusCode = answer.Status,
            RequestUrl = where,
            ServerMessage = words,
        };
    }

    private async Task<Next> ResumeAsync(
        PartFile part, RemoteAnswer answer, Retries.Round round, RangeRequest asked, ResumeState state, CancellationToken cancellationToken)
    {
        FileDigest[] digests = state.Digests.Count + answer.Digests.Count == 0 ? [] : [.. state.Digests.Concat(answer.Digests).Distinct()];
        var promised = Promised(digests);
        var (judgement, why) = AnswerRules.Judge(answer, asked.Range, state.Identity, promised.Length > 0, part.Target.FileName);
        switch (judgement)
        {
            case RangeAnswer.NotItsBytes:
                throw Bad(answer, why!);
            case RangeAnswer.OtherFile:
                return new Next.Restart(learned.RemoteChanged(why!));
            case RangeAnswer.NotTheRange when learned.MayAskAgain():
                return Odd(answer, why!, round);
            case RangeAnswer.NotTheRange:
                learned.RangesAreNoUse();
                return new Next.Restart(why!);
        }

        learned.AnsweredRightly();

        if (digests.DistinctBy(digest => digest.Algorithm).Count() != digests.Length)
        {
            return new Next.Restart(learned.RemoteChanged("the server promises another digest than before"));
        }

        if (state.IsAdopted && promised.Length == 0)
        {
            // The digest that was to prove them was the caller's, who does not give it any more.
            return new Next.Restart("what was there already is not a part of what was promised: its origin is not known, and no digest can prove it any more");
        }

        var plan = state.MakePlan(services.Time);
        var length = plan.Blocks.FileLength;
        Start(part, answer, Math.Min(length - plan.BytesDone, length - part.BytesOnDisk));
        part.Open(length);
        DownloadLog.Resuming(services.Logger, part.Target.FinalPath, plan.BytesDone);
        var body = answer.ContentRange!.Range!.Value;
        var job = Job(part, plan, state.Identity, digests, canResume: true, state.IsAdopted);
        return await TransferAsync(job, answer, round, plan.TryTakeAt(body.Start, body.End), cancellationToken).ConfigureAwait(false);
    }

    private async Task<Next> BeginAsync(
        PartFile part, RemoteAnswer answer, Retries.Round round, EarlierRun earlier, byte[] first, CancellationToken cancellationToken)
    {
        if (answer.Status != HttpStatusCode.OK)
        {
            return learned.MayAskAgain() ? Odd(answer, "it is a part, though no range was asked for", round) : throw Bad(answer, $"with status {(int)answer.Status}, though no range was asked for.");
        }

        if (AnswerRules.WhyNotItsBytes(answer, part.Target.FileName, first) is { } coded)
        {
            throw Bad(answer, coded);
        }

        learned.AnsweredRightly();
        var whyNotPart = WhyNotPart(part, earlier, answer);
        var length = answer.Identity.Length;
        part.Discard();
        if (part.Target.TryGetExisting(out var found) && found > 0 && request.Options.IfExists == IfExists.Resume && found != length && learned.WhyReplaced is null)
        {
            if (WhyNotAdopt(answer, found) is not { } whyNot)
            {
                return await AdoptAsync(part, answer, round, cancellationToken).ConfigureAwait(false);
            }

            learned.FileIsOld($"the file of {found} bytes that was there cannot be completed: {whyNot}");
        }

        learned.FoundNoUse(whyNotPart);
        Start(part, answer, length ?? 0);
        learned.WhyNotResumable = !answer.Identity.IsProvable ? answer.Identity.WhyNotProvable
            : answer.RefusesRanges || !learned.RangesUsable ? "the server does not give ranges"
            : length <= MostWhole ? "so small a file is fetched in one go" : null;
        part.Create(length);
        if (length is null or <= MostWhole)
        {
            var promised = Promised(answer.Digests);
            var end = await WholeTransfer.RunAsync(part, answer, round, promised, progress, cancellationToken).ConfigureAwait(false);
            return await EndAsync(part, answer, end, promised, hadBytes: false, cancellationToken).ConfigureAwait(false);
        }

        var plan = new Plan(Blocks.For(length.Value), services.Time);
        var job = Job(part, plan, answer.Identity, answer.Digests, canResume: learned.WhyNotResumable is null, isAdopted: false);
        return await TransferAsync(job, answer, round, plan.TryTakeAt(0, length.Value), cancellationToken).ConfigureAwait(false);
    }

    private static string? WhyNotPart(PartFile part, EarlierRun earlier, RemoteAnswer answer) => !part.Exists ? null
        : earlier.HasOtherNames ? "what an earlier run left has another name too (a hard link), under which it would be changed"
        : earlier.State is null ? "what an earlier run left has no usable journal"
        : earlier.State.Identity.Url == answer.Identity.Url ? "what an earlier run left is of another address"
        : $"what an earlier run left came from {earlier.State.Identity.Url}, and the address now leads to {answer.Identity.Url}";

    // The Python client leaves partial files under the final name. Nothing tells of which version they are: only a digest of the whole can.
    private string? WhyNotAdopt(RemoteAnswer answer, long found) => answer.Identity switch
    {
        { Length: null } => "the server does not tell the file's length",
        { Length: > Blocks.MostLength } => "no disk holds what the server says that the file has",
        { Length: var remote } when found > remote => "it is longer than the remote",
        { IsProvable: false } identity => identity.WhyNotProvable,
        _ when answer.RefusesRanges || !learned.RangesUsable => "the server does not give ranges",
        _ when Promised(answer.Digests).Length == 0 => "no digest is known that could prove it",
        _ when found < Blocks.For(answer.Identity.Length!.Value).Size => "so few bytes are fetched as fast",
        _ => null,
    };

    private async Task<Next> AdoptAsync(PartFile part, RemoteAnswer answer, Retries.Round round, CancellationToken cancellationToken)
    {
        // Copying takes minutes for a big file. Others may use the connection meanwhile.
        answer.Dispose();
        var blocks = Blocks.For(answer.Identity.Length!.Value);
        Start(part, answer, blocks.FileLength);
        part.Create(blocks.FileLength);
        Plan plan;
        try
        {
            plan = await Task.Run(
                () => AdoptedPlan.Copy(part, blocks, services.Time, copied => progress.Report(DownloadPhase.Copying, copied, 0), cancellationToken), CancellationToken.None).ConfigureAwait(false);
        }
        catch
        {
            // Half a copy is of no use without a journal.
            part.Discard();
            throw;
        }

        var job = Job(part, plan, answer.Identity, answer.Digests, canResume: true, isAdopted: true);
        return await TransferAsync(job, answer, round, null, cancellationToken).ConfigureAwait(false);
    }

    private async Task<Next> TransferAsync(TransferJob job, RemoteAnswer answer, Retries.Round round, Segment? segment, CancellationToken cancellationToken)
    {
        var (hadBytes, already) = (job.Plan.BytesDone > 0, job.Plan.BytesProved);
        if (segment is null)
        {
            // Its body is of no use. The connection and its place at the host are.
            answer.Dispose();
            round.Dispose();
        }

        var transfer = new SegmentedTransfer(job, remote, services.Access, retries, progress, services.Logger);
        var end = await transfer.RunAsync(segment is null ? null : new FirstAnswer(answer, round, segment), cancellationToken).ConfigureAwait(false);
        end = end is TransferEnd.Whole whole ? whole with { ResumedFrom = whole.ResumedFrom + already } : end;
        return await EndAsync(job.Part, answer, end, job.Promised, hadBytes, cancellationToken).ConfigureAwait(false);
    }

    private async Task<Next> EndAsync(
        PartFile part, RemoteAnswer answer, TransferEnd end, IReadOnlyList<FileDigest> promised, bool hadBytes, CancellationToken cancellationToken)
    {
        switch (end)
        {
            case TransferEnd.Broken broken:
                return new Next.Again(broken.Fault, broken.Round);

            case TransferEnd.WrongDigest wrong when hadBytes:
                // Some bytes are from an earlier run or another program. All of them are fetched before the server is called wrong.
                learned.FileIsOld(wrong.Difference, isTold: true);
                return new Next.Restart($"what was there already is not a part of what was promised: {wrong.Difference}");

            case TransferEnd.WrongDigest wrong:
                part.Discard();
                throw WrongDigest(wrong.Difference, part.Target);

            default:
                return await PutInPlaceAsync(part, answer, (TransferEnd.Whole)end, promised, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<Next> PutInPlaceAsync(
        PartFile part, RemoteAnswer answer, TransferEnd.Whole whole, IReadOnlyList<FileDigest> promised, CancellationToken cancellationToken)
    {
        progress.Report(DownloadPhase.Flushing, whole.Bytes, 0);
        Proof.RequireNoHoles(part, whole.BlockSize, whole.Seal, cancellationToken);
        part.SetReceipt(new Receipt
        {
            Bytes = whole.Bytes,
            Identity = answer.Identity with { Length = whole.Bytes },
            CameAt = answer.Date ?? services.Time.GetUtcNow(),
            WrittenAt = part.StampTime(),
            Digests = promised,
            BlockSize = whole.BlockSize,
            Seal = whole.Seal,
        }.ToBytes());

        if (!part.Publish(_replaces, _flush, cancellationToken))
        {
            // Somebody made a file of that name meanwhile. It is judged as if it had been there from the beginning; the part stays, whole.
            var taken = request.Options.IfExists == IfExists.Skip
                ? await new ExistingFile(request, services, progress, learned, place, part.Target).TrySkipAsync(cancellationToken).ConfigureAwait(false)
                : null;
            if (taken is not null)
            {
                part.Discard();
            }

            return (Next?)taken ?? new Next.Again();
        }

        if (whole.Spoilt > 0)
        {
            DownloadLog.Spoilt(services.Logger, whole.Spoilt, part.Target.FinalPath);
        }

        DownloadLog.Finished(services.Logger, part.Target.FinalPath, whole.Bytes, whole.Verified);
        progress.Report(DownloadPhase.Done, whole.Bytes, 0);
        return new Next.Done(new DownloadResult
        {
            Path = part.Target.FinalPath,
            Bytes = whole.Bytes,
            ResumedFrom = whole.ResumedFrom,
            Verified = whole.Verified,
            RestartReasons = learned.Restarts,
        });
    }

    private TransferJob Job(PartFile part, Plan plan, FileIdentity identity, IReadOnlyList<FileDigest> digests, bool canResume, bool isAdopted) => new()
    {
        Part = part,
        Plan = plan,
        State = new ResumeState
        {
            Identity = identity,
            Digests = digests,
            IsAdopted = isAdopted,
            Blocks = plan.Blocks,
            States = new BlockState[plan.Blocks.Count],
            Checksums = new ulong[plan.Blocks.Count],
        },
        Promised = Promised(digests),
        CanResume = canResume,
        Flush = _flush,
        Connections = request.Options.Connections,
    };

    private FileDigest[] Promised(IReadOnlyList<FileDigest> digests) =>
        request.ExpectedDigests.Count + digests.Count == 0 ? [] : [.. request.ExpectedDigests.Concat(digests).Distinct()];

    private void Start(PartFile part, RemoteAnswer answer, long needed)
    {
        DiskErrors.RequireRoom(part.Target, needed);
        progress.TotalBytes = answer.Identity.Length;
        DownloadLog.Started(services.Logger, RedactedUrl.Of(answer.Url), part.Target.FinalPath);
    }

    private DownloadException WrongDigest(string difference, Target target)
    {
        var there = File.Exists(target.FinalPath) ? $"The file that was there, '{target.FinalPath}', was left as it is." : "Nothing was put under the final name.";
        return new DownloadException(DownloadFailure.DigestMismatch, $"What arrived from {RedactedUrl.Of(request.Url)} is not what was promised: {difference}. {there}")
        {
            Path = target.FinalPath,
            RequestUrl = RedactedUrl.Of(request.Url),
        };
    }

    private static Next.Again Odd(RemoteAnswer answer, string why, Retries.Round round) =>
        new(new Fault(FaultKind.Odd, $"An answer was no use: {answer.Scrub(why)}.") { Url = RedactedUrl.Of(answer.Url) }, round);

    private static DownloadException Bad(RemoteAnswer answer, string how) =>
        new(DownloadFailure.BadAnswer, $"The server sent {RedactedUrl.Of(answer.Url)} {answer.Scrub(how)}")
        {
            StatusCode = answer.Status,
            RequestUrl = RedactedUrl.Of(answer.Url),
        };
}
