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
/// The second half of an attempt: the response has arrived, the lock is held, and the file must be downloaded. Resumes an earlier run, completes a partial file
/// or starts from the first byte, and publishes the file.
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
    // For a smaller file, a plan and a journal cost more than they could save.
    private const long MaxWhole = 32 * 1024;
    private readonly bool _flush = request.Options.FlushToDisk ?? services.Options.FlushToDisk;

    /// <summary>Resumes an earlier run.</summary>
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
                learned.RangesDoNotWork();
                return new Next.Restart(why!);
        }

        learned.ReceivedExpectedResponse();

        if (digests.DistinctBy(digest => digest.Algorithm).Count() != digests.Length)
        {
            return new Next.Restart(learned.RemoteChanged("the server sends another digest than before"));
        }

        if (state.IsAdopted && promised.Length == 0)
        {
            // The bytes depended on a digest from the caller, and the caller no longer gives it.
            return new Next.Restart("the existing bytes do not belong to the remote file: their origin is unknown, and no digest can prove them any more");
        }

        var plan = state.MakePlan(services.Time);
        var length = plan.Blocks.FileLength;
        DiskErrors.RequireRoom(part.Target, Math.Min(length - plan.BytesDone, length - part.BytesOnDisk));
        LogStart(answer);
        part.Open(length);
        DownloadLog.ResumingDownload(services.Logger, part.Target.FinalPath, plan.BytesDone);
        var job = Job(plan, state.Identity, digests, state.IsAdopted);
        return await TransferAsync(job, answer, round, plan.TryTakeAt(asked.Range.Start, answer.ContentRange!.Range!.Value.End), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Downloads the file from its first byte, or from the end of a partial file with the final name.</summary>
    internal async Task<Next> BeginAsync(RemoteAnswer answer, Retries.Round round, EarlierRun earlier, byte[] first, CancellationToken cancellationToken)
    {
        if (answer.Status != HttpStatusCode.OK || answer.IsPart)
        {
            return learned.MayAskAgain() ? new Next.Again(answer.Odd("it is a partial response to a request without a range"), round) : throw Bad(answer, $"with status {(int)answer.Status} in response to a request without a range.");
        }

        if (AnswerRules.WhyNotItsBytes(answer, part.Target.FileName, first) is { } coded)
        {
            throw Bad(answer, coded);
        }

        learned.ReceivedExpectedResponse();
        learned.Note(answer.Identity);
        var whyNotPart = WhyNotPart(earlier, answer);
        var length = answer.Identity.Length;
        if (whyNotPart is not null && earlier.State is not null)
        {
            // The address redirects to another place than before.
            learned.RemoteChanged(whyNotPart);
            if (learned.ChangesTooOften)
            {
                return new Next.Restart(whyNotPart);
            }
        }

        part.Discard();
        if (part.Target.TryGetExisting(out var found) && found > 0 && request.Options.IfExists is IfExists.Resume or IfExists.Verify && found != length && learned.WhyReplaced is null)
        {
            if (WhyNotAdopt(answer, found) is not { } whyNot)
            {
                // A part file without a journal is most likely an incomplete copy of the file that is being completed, so no downloaded bytes are lost.
                learned.FoundUnusable(earlier.State is null && !earlier.HasOtherNames ? null : whyNotPart);
                return await AdoptAsync(answer, round, cancellationToken).ConfigureAwait(false);
            }

            learned.FileIsOutdated($"the existing file of {found} bytes cannot be completed: {whyNot}");
        }

        learned.FoundUnusable(whyNotPart);
        DiskErrors.RequireRoom(part.Target, length ?? 0);
        LogStart(answer);
        learned.WhyNotResumable = !answer.Identity.IsProvable ? answer.Identity.WhyNotProvable
            : answer.RefusesRanges || !learned.RangesUsable ? "the server does not support range requests"
            : length <= MaxWhole ? "a small file is downloaded with one request" : null;
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
        : earlier.HasOtherNames ? "the part file of an earlier run has a second name (a hard link), whose content would change too"
        : earlier.State is null ? "the part file of an earlier run has no usable journal"
        : earlier.State.Identity.Url == answer.Identity.Url ? "the part file of an earlier run is from another address"
        : $"the part file of an earlier run is from {earlier.State.Identity.Url}, and the address now redirects to {answer.Identity.Url}";

    // The Python client leaves partial files with the final name. Their version is unknown, so only a digest of the whole file can verify them.
    private string? WhyNotAdopt(RemoteAnswer answer, long found) => answer.Identity switch
    {
        { Length: null } => "the server does not report the length of the file",
        { Length: > Blocks.MostLength } => "the length that the server reports is too large for any disk",
        { Length: var remote } when found > remote => "it is longer than the remote",
        { IsProvable: false } identity => identity.WhyNotProvable,
        _ when answer.RefusesRanges || !learned.RangesUsable => "the server does not support range requests",
        _ when Promised(answer.Digests).Length == 0 => "there is no digest to verify it with",
        _ when found < Blocks.For(answer.Identity.Length!.Value).Size => "it is so short that a new download is as fast",
        _ => null,
    };

    private async Task<Next> AdoptAsync(RemoteAnswer answer, Retries.Round round, CancellationToken cancellationToken)
    {
        // Copying takes minutes for a large file. Other downloads may use the connection meanwhile.
        answer.Dispose();
        var blocks = Blocks.For(answer.Identity.Length!.Value);
        DiskErrors.RequireRoom(part.Target, blocks.FileLength);
        LogStart(answer);
        part.Create(blocks.FileLength);
        Plan plan;
        try
        {
            plan = await Task.Run(
                () => AdoptedPlan.Copy(part, blocks, services.Time, copied => progress.Report(DownloadPhase.Copying, copied, 0), cancellationToken), CancellationToken.None).ConfigureAwait(false);
        }
        catch
        {
            // An incomplete copy is useless without a journal.
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
            // The body is not needed. Other downloads may use the connection.
            answer.Dispose();
            round.Dispose();
        }

        var transfer = new SegmentedTransfer(job, remote, services, retries, progress);
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
                // Some bytes are from an earlier run or another program. Everything is downloaded again before the server's digest is considered wrong.
                learned.DigestWasWrong = true;
                learned.FileIsOutdated(wrong.Difference, isTold: true);
                return new Next.Restart($"the existing bytes do not belong to the remote file: {wrong.Difference}");

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
        RequireComplete(answer, whole);
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
            DownloadLog.BlocksCorrupted(services.Logger, whole.Spoilt, part.Target.FinalPath);
        }

        DownloadLog.Downloaded(services.Logger, part.Target.FinalPath, whole.Bytes, whole.Verified);
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

    // Another program created a file with the final name. It is checked as if it had existed from the start. The part file is kept, but without a journal the
    // next attempt cannot use it.
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
                $"'{part.Target.FinalPath}' kept changing during the download: another program keeps writing to it. Stop that program, or choose another name or directory.")
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

    private void LogStart(RemoteAnswer answer)
    {
        progress.TotalBytes = answer.Identity.Length;
        DownloadLog.Downloading(services.Logger, answer.Where, part.Target.FinalPath);
    }

    // If the body ends with the connection, a break looks like the end (RFC 9112 §8). A larger existing file is a sign of a break.
    private void RequireComplete(RemoteAnswer answer, TransferEnd.Whole whole)
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
                $"without its length, and the connection ended after {whole.Bytes} bytes. '{part.Target.FinalPath}', which has {there}, was not changed. Run it again later, or set IfExists to Overwrite.");
        }
    }

    private DownloadException WrongDigest(string difference)
    {
        var target = part.Target;
        var there = File.Exists(target.FinalPath) ? $"The existing file '{target.FinalPath}' was not changed." : "No file was stored.";
        var advice = request.ExpectedDigests.Count > 0 ? "Check the digest and the address." : "Run the download again later, or contact the provider of the file.";
        return new DownloadException(DownloadFailure.DigestMismatch, $"The file at {RedactedUrl.Of(request.Url)} is not the expected one: {difference}. {there} {advice}")
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
