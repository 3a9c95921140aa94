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
    FileStatus? existingFile)
{
    // For a smaller file, a plan and a journal cost more than they could save.
    private const long MaxWhole = 32 * 1024;
    private readonly bool _flush = request.Options.FlushToDisk ?? services.Options.FlushToDisk;

    /// <summary>Resumes an earlier run.</summary>
    internal async Task<Next> ResumeAsync(
        RemoteResponse response, Retries.Round round, RangeRequest asked, ResumeState state, CancellationToken cancellationToken)
    {
        FileDigest[] digests = state.Digests.Count + response.Digests.Count == 0 ? [] : [.. state.Digests.Concat(response.Digests).Distinct()];
        var promised = Promised(digests);
        var (verdict, why) = ResponseRules.Check(response, asked.Range, state.Identity, promised.Length > 0, part.Target.FileName);
        if (verdict == RangeVerdict.WholeFile)
        {
            remote.LeaveOutIfRange();
        }

        switch (verdict)
        {
            case RangeVerdict.NotItsBytes:
                throw Bad(response, why!);
            case RangeVerdict.OtherFile:
                return new Next.Restart(learned.RemoteChanged(why!));
            case RangeVerdict.NotTheRange or RangeVerdict.WholeFile when learned.MayAskAgain():
                return new Next.Again(response.Odd(why!), round);
            case RangeVerdict.NotTheRange or RangeVerdict.WholeFile:
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
        LogStart(response);
        part.Open(length);
        DownloadLog.ResumingDownload(services.Logger, part.Target.FinalPath, plan.BytesDone);
        var job = Job(plan, state.Identity, digests, state.IsAdopted);
        return await TransferAsync(job, response, round, plan.TryTakeAt(asked.Range.Start, response.ContentRange!.Range!.Value.End), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Downloads the file from its first byte, or from the end of a partial file with the final name.</summary>
    internal async Task<Next> BeginAsync(RemoteResponse response, Retries.Round round, EarlierRun earlier, byte[] first, CancellationToken cancellationToken)
    {
        if (response.Status != HttpStatusCode.OK || response.IsPart)
        {
            return learned.MayAskAgain() ? new Next.Again(response.Odd("it is a partial response to a request without a range"), round) : throw Bad(response, $"with status {(int)response.Status} in response to a request without a range.");
        }

        if (ResponseRules.WhyNotItsBytes(response, part.Target.FileName, first) is { } coded)
        {
            throw Bad(response, coded);
        }

        learned.ReceivedExpectedResponse();
        learned.Note(response.Identity);
        var whyNotPart = WhyNotPart(earlier, response);
        var length = response.Identity.Length;
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
            if (WhyNotAdopt(response, found) is not { } whyNot)
            {
                // A part file without a journal is most likely an incomplete copy of the file that is being completed, so no downloaded bytes are lost.
                learned.FoundUnusable(earlier.State is null && !earlier.HasOtherNames ? null : whyNotPart);
                return await AdoptAsync(response, round, cancellationToken).ConfigureAwait(false);
            }

            learned.FileIsOutdated($"the existing file of {found} bytes cannot be completed: {whyNot}");
        }

        learned.FoundUnusable(whyNotPart);
        DiskErrors.RequireRoom(part.Target, length ?? 0);
        LogStart(response);
        learned.WhyNotResumable = !response.Identity.IsProvable ? response.Identity.WhyNotProvable
            : response.RefusesRanges || !learned.RangesUsable ? "the server does not support range requests"
            : length <= MaxWhole ? "a small file is downloaded with one request" : null;
        part.Create(length);
        if (learned.WhyNotResumable is not null)
        {
            var promised = Promised(response.Digests);
            var whole = new WholeTransfer(part, promised, _flush, progress, services.Time);
            var end = await whole.RunAsync(response, learned.LengthOf(response.Identity), round, cancellationToken).ConfigureAwait(false);
            return await EndAsync(response, end, promised, hadBytes: false, cancellationToken).ConfigureAwait(false);
        }

        var plan = new Plan(Blocks.For(length!.Value), services.Time);
        return await TransferAsync(
            Job(plan, response.Identity, response.Digests, isAdopted: false), response, round, plan.TryTakeAt(0, length.Value), cancellationToken).ConfigureAwait(false);
    }

    private string? WhyNotPart(EarlierRun earlier, RemoteResponse response) => !part.Exists ? null
        : earlier.HasOtherNames ? "the part file of an earlier run has a second name (a hard link), whose content would change too"
        : earlier.State is null ? "the part file of an earlier run has no usable journal"
        : earlier.State.Identity.Url == response.Identity.Url ? "the part file of an earlier run is from another address"
        : $"the part file of an earlier run is from {earlier.State.Identity.Url}, and the address now redirects to {response.Identity.Url}";

    // The Python client leaves partial files with the final name. Their version is unknown, so only a digest of the whole file can verify them.
    private string? WhyNotAdopt(RemoteResponse response, long found) => response.Identity switch
    {
        { Length: null } => "the server does not report the length of the file",
        { Length: > Blocks.MostLength } => "the length that the server reports is too large for any disk",
        { Length: var remote } when found > remote => "it is longer than the remote",
        { IsProvable: false } identity => identity.WhyNotProvable,
        _ when response.RefusesRanges || !learned.RangesUsable => "the server does not support range requests",
        _ when Promised(response.Digests).Length == 0 => "there is no digest to verify it with",
        _ when found < Blocks.For(response.Identity.Length!.Value).Size => "it is so short that a new download is as fast",
        _ => null,
    };

    private async Task<Next> AdoptAsync(RemoteResponse response, Retries.Round round, CancellationToken cancellationToken)
    {
        // Copying takes minutes for a large file. Other downloads may use the connection meanwhile.
        response.Dispose();
        var blocks = Blocks.For(response.Identity.Length!.Value);
        DiskErrors.RequireRoom(part.Target, blocks.FileLength);
        LogStart(response);
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

        var job = Job(plan, response.Identity, response.Digests, isAdopted: true);
        return await TransferAsync(job, response, round, null, cancellationToken).ConfigureAwait(false);
    }

    private async Task<Next> TransferAsync(TransferJob job, RemoteResponse response, Retries.Round round, Segment? segment, CancellationToken cancellationToken)
    {
        var (hadBytes, already) = (job.Plan.BytesDone > 0, job.Plan.BytesProved);
        if (segment is null)
        {
            // The body is not needed. Other downloads may use the connection.
            response.Dispose();
            round.Dispose();
        }

        var transfer = new SegmentedTransfer(job, remote, services, retries, progress);
        var end = await transfer.RunAsync(segment is null ? null : new FirstResponse(response, round, segment), cancellationToken).ConfigureAwait(false);
        end = end is TransferEnd.Whole whole ? whole with { ResumedFrom = whole.ResumedFrom + already } : end;
        return await EndAsync(response, end, job.Promised, hadBytes, cancellationToken).ConfigureAwait(false);
    }

    private async Task<Next> EndAsync(
        RemoteResponse response, TransferEnd end, IReadOnlyList<FileDigest> promised, bool hadBytes, CancellationToken cancellationToken)
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
                return await PutInPlaceAsync(response, (TransferEnd.Whole)end, promised, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<Next> PutInPlaceAsync(
        RemoteResponse response, TransferEnd.Whole whole, IReadOnlyList<FileDigest> promised, CancellationToken cancellationToken)
    {
        RequireComplete(response, whole);
        progress.Report(DownloadPhase.Flushing, whole.Bytes, 0);
        Proof.RequireNoHoles(part, whole.BlockSize, whole.Seal, cancellationToken);
        part.SetReceipt(new Receipt
        {
            Bytes = whole.Bytes,
            Identity = response.Identity with { Length = whole.Bytes, Asked = AddressMark.OfFile(request.Url) },
            CameAt = response.Date ?? services.Time.GetUtcNow(),
            WrittenAt = part.StampTime(),
            Digests = promised,
            BlockSize = whole.BlockSize,
            Seal = whole.Seal,
        }.ToBytes());

        if (!part.Publish(request.Options.IfExists == IfExists.Overwrite, existingFile, _flush, cancellationToken))
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

    private void LogStart(RemoteResponse response)
    {
        progress.TotalBytes = response.Identity.Length;
        DownloadLog.Downloading(services.Logger, response.Where, part.Target.FinalPath);
    }

    // If the body ends with the connection, a break looks like the end (RFC 9112 §8). A larger existing file is a sign of a break.
    private void RequireComplete(RemoteResponse response, TransferEnd.Whole whole)
    {
        var isEndedByClose = response.Status == HttpStatusCode.OK && response.Http.Version.Major == 1
            && response.ContentLength is null && response.TransferCoding is null && response.Codings.Count == 0;
        var isNewVersion = response.Identity.ETag is not null || response.Identity.LastModified is not null;
        if (isEndedByClose && !isNewVersion && Promised(response.Digests).Length == 0
            && request.Options.IfExists != IfExists.Overwrite && part.Target.TryGetExisting(out var there) && there > whole.Bytes)
        {
            part.Discard();
            throw Bad(
                response,
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

    private static DownloadException Bad(RemoteResponse response, string how) =>
        new(DownloadFailure.BadResponse, $"The server sent {response.Where} {response.Scrub(how)}")
        {
            StatusCode = response.Status,
            RequestUrl = response.Where,
        };
}
