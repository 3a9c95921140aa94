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
/// The second half of an attempt: the answer is there, the lock is held, and the file is to be fetched. Goes on from an earlier run, completes a partial file or
/// begins afresh, and puts the file in place.
/// </summary>
internal sealed class Fetch(
    DownloadRequest request,
    DownloadServices services,
    RemoteFile remote,
    Retries retries,
    ProgressReporter progress,
    Learned learned,
    ExistingFile existing,
    PartFile part,
    FileStatus? judgedFile)
{
    // For a smaller file, plan and journal cost more than they could save.
    private const long MaxWhole = 32 * 1024;
    private readonly bool _flush = request.Options.FlushToDisk ?? services.Options.FlushToDisk;

    /// <summary>Goes on from what an earlier run has left.</summary>
    internal async Task<Next> ResumeAsync(
        RemoteAnswer answer, Retries.Round round, RangeRequest asked, ResumeState state, CancellationToken cancellationToken)
    {
        FileDigest[] digests = state.Digests.Count + answer.Digests.Count == 0 ? [] : [.. state.Digests.Concat(answer.Digests).Distinct()];
        var promised = Promised(digests);
        var (judgement, why) = AnswerRules.Judge(answer, asked.Range, state.Identity, promised.Length > 0, part.Target.FileName);
        if (judgement == RangeAnswer.WholeFile)
        {
            remote.LeaveOutIfRange();
        }

        switch (judgement)
        {
            case RangeAnswer.NotItsBytes:
                throw Bad(answer, why!);
            case RangeAnswer.OtherFile:
                return new Next.Restart(learned.RemoteChanged(why!));
            case RangeAnswer.NotTheRange or RangeAnswer.WholeFile when learned.MayAskAgain():
                return new Next.Again(answer.Odd(why!), round);
            case RangeAnswer.NotTheRange or RangeAnswer.WholeFile:
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
            return new Next.Restart("what was there already cannot be used: its origin is not known, and there is no digest any more that could prove it");
        }

        var plan = state.MakePlan(services.Time);
        var length = plan.Blocks.FileLength;
        DiskErrors.RequireRoom(part.Target, Math.Min(length - plan.BytesDone, length - part.BytesOnDisk));
        TellOfStart(answer);
        part.Open(length);
        DownloadLog.Resuming(services.Logger, part.Target.FinalPath, plan.BytesDone);
        var job = Job(plan, state.Identity, digests, state.IsAdopted);
        return await TransferAsync(job, answer, round, plan.TryTakeAt(asked.Range.Start, answer.ContentRange!.Range!.Value.End), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Fetches the file from its first byte, or from where a partial file under the final name ends.</summary>
    internal async Task<Next> BeginAsync(RemoteAnswer answer, Retries.Round round, EarlierRun earlier, byte[] first, CancellationToken cancellationToken)
    {
        if (answer.Status != HttpStatusCode.OK || answer.IsPart)
        {
            return learned.MayAskAgain() ? new Next.Again(answer.Odd("it is a part, though no range was asked for"), round) : throw Bad(answer, $"with status {(int)answer.Status}, though no range was asked for.");
        }

        if (AnswerRules.WhyNotItsBytes(answer, part.Target.FileName, first) is { } coded)
        {
            throw Bad(answer, coded);
        }

        learned.AnsweredRightly();
        learned.Note(answer.Identity);
        var whyNotPart = WhyNotPart(earlier, answer);
        var length = answer.Identity.Length;
        if (whyNotPart is not null && earlier.State is not null)
        {
            // The address leads elsewhere than before.
            learned.RemoteChanged(whyNotPart);
            if (learned.ChangesTooOften)
            {
                return new Next.Restart(whyNotPart);
            }
        }

        part.Discard();
        if (part.Target.TryGetExisting(out var found) && found > 0 && request.Options.IfExists == IfExists.Resume && found != length && learned.WhyReplaced is null)
        {
            if (WhyNotAdopt(answer, found) is not { } whyNot)
            {
                // A part without a journal is most likely half a copy of the file that is completed now: nothing that was fetched is lost.
                learned.FoundNoUse(earlier.State is null && !earlier.HasOtherNames ? null : whyNotPart);
                return await AdoptAsync(answer, round, cancellationToken).ConfigureAwait(false);
            }

            learned.FileIsOld($"the file of {found} bytes that was there cannot be completed: {whyNot}");
        }

        learned.FoundNoUse(whyNotPart);
        DiskErrors.RequireRoom(part.Target, length ?? 0);
        TellOfStart(answer);
        learned.WhyNotResumable = !answer.Identity.IsProvable ? answer.Identity.WhyNotProvable
            : answer.RefusesRanges || !learned.RangesUsable ? "the server does not give ranges"
            : length <= MaxWhole ? "so small a file is fetched in one go" : null;
        part.Create(length);
        if (learned.WhyNotResumable is not null)
        {
            var promised = Promised(answer.Digests);
            var whole = new WholeTransfer(part, promised, _flush, progress, services.Time);
            var end = await whole.RunAsync(answer, learned.LengthOf(answer.Identity), round, cancellationToken).ConfigureAwait(false);
            return await EndAsync(answer, end, promised, hadBytes: false, cancellationToken).ConfigureAwait(false);
        }

        var plan = new Plan(Blocks.For(length!.Value), services.Time);
        return await TransferAsync(
            Job(plan, answer.Identity, answer.Digests, isAdopted: false), answer, round, plan.TryTakeAt(0, length.Value), cancellationToken).ConfigureAwait(false);
    }

    private string? WhyNotPart(EarlierRun earlier, RemoteAnswer answer) => !part.Exists ? null
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

    private async Task<Next> AdoptAsync(RemoteAnswer answer, Retries.Round round, CancellationToken cancellationToken)
    {
        // Copying takes minutes for a big file. Others may use the connection meanwhile.
        answer.Dispose();
        var blocks = Blocks.For(answer.Identity.Length!.Value);
        DiskErrors.RequireRoom(part.Target, blocks.FileLength);
        TellOfStart(answer);
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

        var job = Job(plan, answer.Identity, answer.Digests, isAdopted: true);
        return await TransferAsync(job, answer, round, null, cancellationToken).ConfigureAwait(false);
    }

    private async Task<Next> TransferAsync(TransferJob job, RemoteAnswer answer, Retries.Round round, Segment? segment, CancellationToken cancellationToken)
    {
        var (hadBytes, already) = (job.Plan.BytesDone > 0, job.Plan.BytesProved);
        if (segment is null)
        {
            // The body is not needed. Others may use the connection.
            answer.Dispose();
            round.Dispose();
        }

        var transfer = new SegmentedTransfer(job, remote, services.Access, retries, progress, services.Logger);
        var end = await transfer.RunAsync(segment is null ? null : new FirstAnswer(answer, round, segment), cancellationToken).ConfigureAwait(false);
        end = end is TransferEnd.Whole whole ? whole with { ResumedFrom = whole.ResumedFrom + already } : end;
        return await EndAsync(answer, end, job.Promised, hadBytes, cancellationToken).ConfigureAwait(false);
    }

    private async Task<Next> EndAsync(
        RemoteAnswer answer, TransferEnd end, IReadOnlyList<FileDigest> promised, bool hadBytes, CancellationToken cancellationToken)
    {
        switch (end)
        {
            case TransferEnd.Broken broken:
                return new Next.Again(broken.Fault, broken.Round);

            case TransferEnd.WrongDigest wrong when hadBytes && !learned.DigestWasWrong:
                // Some bytes are from an earlier run or another program. All of them are fetched before the server is called wrong.
                learned.DigestWasWrong = true;
                learned.FileIsOld(wrong.Difference, isTold: true);
                return new Next.Restart($"what was there already is not a part of this file: {wrong.Difference}");

            case TransferEnd.WrongDigest wrong:
                part.Discard();
                throw WrongDigest(wrong.Difference);

            default:
                return await PutInPlaceAsync(answer, (TransferEnd.Whole)end, promised, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<Next> PutInPlaceAsync(
        RemoteAnswer answer, TransferEnd.Whole whole, IReadOnlyList<FileDigest> promised, CancellationToken cancellationToken)
    {
        RequireTheWhole(answer, whole);
        progress.Report(DownloadPhase.Flushing, whole.Bytes, 0);
        Proof.RequireNoHoles(part, whole.BlockSize, whole.Seal, cancellationToken);
        part.SetReceipt(new Receipt
        {
            Bytes = whole.Bytes,
            Identity = answer.Identity with { Length = whole.Bytes, Asked = AddressMark.OfFile(request.Url) },
            CameAt = answer.Date ?? services.Time.GetUtcNow(),
            WrittenAt = part.StampTime(),
            Digests = promised,
            BlockSize = whole.BlockSize,
            Seal = whole.Seal,
        }.ToBytes());

        if (!part.Publish(request.Options.IfExists == IfExists.Overwrite, judgedFile, _flush, cancellationToken))
        {
            return await LookAtNewFileAsync(cancellationToken).ConfigureAwait(false);
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

    // Somebody made a file of that name meanwhile. It is judged as if it had been there from the beginning. The part stays; without a journal the next attempt
    // cannot use it.
    private async Task<Next> LookAtNewFileAsync(CancellationToken cancellationToken)
    {
        if (request.Options.IfExists == IfExists.Skip && await existing.TrySkipAsync(cancellationToken).ConfigureAwait(false) is { } taken)
        {
            part.Discard();
            return taken;
        }

        return learned.MayLookAtNewFile()
            ? new Next.LookAgain()
            : throw new DownloadException(
                DownloadFailure.NameTaken,
                $"'{part.Target.FinalPath}' changed again and again while it was fetched: another program keeps writing to it. Stop that program, or choose another name or directory.")
            {
                Path = part.Target.FinalPath,
                RequestUrl = RedactedUrl.Of(request.Url),
            };
    }

    private TransferJob Job(Plan plan, FileIdentity identity, IReadOnlyList<FileDigest> digests, bool isAdopted) => new()
    {
        Part = part,
        Plan = plan,
        Identity = identity,
        Digests = digests,
        IsAdopted = isAdopted,
        Promised = Promised(digests),
        Flush = _flush,
        Connections = request.Options.Connections,
    };

    private FileDigest[] Promised(IReadOnlyList<FileDigest> digests) =>
        request.ExpectedDigests.Count + digests.Count == 0 ? [] : [.. request.ExpectedDigests.Concat(digests).Distinct()];

    private void TellOfStart(RemoteAnswer answer)
    {
        progress.TotalBytes = answer.Identity.Length;
        DownloadLog.Started(services.Logger, answer.Where, part.Target.FinalPath);
    }

    // Where only the end of the connection ends the body, a break looks like the end (RFC 9112 §8). A bigger file that is there shows that it may be one.
    private void RequireTheWhole(RemoteAnswer answer, TransferEnd.Whole whole)
    {
        var isEndedByClose = answer.Status == HttpStatusCode.OK && answer.Response.Version.Major == 1
            && answer.ContentLength is null && answer.TransferCoding is null && answer.Codings.Count == 0;
        var isNewVersion = answer.Identity.ETag is not null || answer.Identity.LastModified is not null;
        if (isEndedByClose && !isNewVersion && Promised(answer.Digests).Length == 0
            && request.Options.IfExists != IfExists.Overwrite && part.Target.TryGetExisting(out var there) && there > whole.Bytes)
        {
            part.Discard();
            throw Bad(
                answer,
                $"without saying its length, and the connection ended after {whole.Bytes} bytes. '{part.Target.FinalPath}', which has {there}, was left as it is. Run it again later, or set IfExists to Overwrite.");
        }
    }

    private DownloadException WrongDigest(string difference)
    {
        var target = part.Target;
        var there = File.Exists(target.FinalPath) ? $"The file that was there, '{target.FinalPath}', was left as it is." : "Nothing was stored.";
        var advice = request.ExpectedDigests.Count > 0 ? "Check the digest and the address." : "Run it again later, or tell the operator of the server.";
        return new DownloadException(DownloadFailure.DigestMismatch, $"The file at {RedactedUrl.Of(request.Url)} is not the one that was expected: {difference}. {there} {advice}")
        {
            Path = target.FinalPath,
            RequestUrl = RedactedUrl.Of(request.Url),
        };
    }

    private static DownloadException Bad(RemoteAnswer answer, string how) =>
        new(DownloadFailure.BadAnswer, $"The server sent {answer.Where} {answer.Scrub(how)}")
        {
            StatusCode = answer.Status,
            RequestUrl = answer.Where,
        };
}
