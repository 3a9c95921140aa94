using System.Net;
using Microsoft.Win32.SafeHandles;
using MlHub.Sdk.Downloads.Disk;
using MlHub.Sdk.Downloads.Journaling;
using MlHub.Sdk.Downloads.Locking;
using MlHub.Sdk.Downloads.Naming;
using MlHub.Sdk.Downloads.Planning;
using MlHub.Sdk.Downloads.Remote;
using MlHub.Sdk.Downloads.Verification;

namespace MlHub.Sdk.Downloads.Transfer;

/// <summary>One attempt at one target whose lock is held and whose first answer is there: decides what can be built on, fetches the rest, puts the file in place.</summary>
internal sealed class TargetFetch(
    DownloadContext context, DownloadRequest request, RemoteOpener opener, Retries retries, ProgressReporter progress, SessionState state, Target target, TargetLock held)
{
    // Below this a plan and a journal cost more than they could save.
    private const long MostWhole = 32 * 1024;
    private readonly bool _flush = request.Options.FlushToDisk ?? context.Options.Transfer.FlushToDisk;

    // What comes to lie under the final name later is somebody else's, and judged as if it had been there from the beginning.
    private readonly bool _replaces = request.Options.IfExists == IfExists.Overwrite || target.IsNameTaken();

    /// <summary>Runs until the file is in place; null when it is to be asked for once more.</summary>
    internal async Task<DownloadResult?> RunAsync(RemoteAnswer answer, EarlierRun earlier, CancellationToken cancellationToken)
    {
        var existing = new ExistingFile(context, request, progress, state, target);
        if (await existing.TryTakeAsDoneAsync(answer, cancellationToken).ConfigureAwait(false) is { } done)
        {
            held.DiscardPart(target);
            return done;
        }

        if (existing.HasLetGo)
        {
            return null;
        }

        var exists = target.TryGetExisting(out var length);

        if (earlier.Wish is { } wish)
        {
            RangeRules.Require(answer, wish.Range, earlier.Journal!.Identity);
            return await ResumeAsync(answer, earlier.Journal, cancellationToken).ConfigureAwait(false);
        }

        RequireWhole(answer);
        var whyNotPart = WhyNotPart(earlier);
        held.DiscardPart(target);
        if (exists && length > 0 && request.Options.IfExists == IfExists.Resume && length != answer.Identity.Length && state.WhyNotTaken is null)
        {
            var whyNot = WhyNotAdopt(answer, length);
            if (whyNot is null)
            {
                return await AdoptAsync(answer, cancellationToken).ConfigureAwait(false);
            }

            state.WhyNotTaken = $"the file of {length} bytes that was there cannot be completed: {whyNot}";
        }

        NoteRestart(whyNotPart);
        return await FetchAfreshAsync(answer, cancellationToken).ConfigureAwait(false);
    }

    private static void RequireWhole(RemoteAnswer answer)
    {
        AnswerRules.RequirePlain(answer);
        if (answer.Status != HttpStatusCode.OK)
        {
            throw new DownloadException(DownloadFailure.BadAnswer, $"The server answered {(int)answer.Status} for {RedactedUrl.Of(answer.Url)}, though no range was asked for.")
            {
                StatusCode = answer.Status,
                RequestUrl = RedactedUrl.Of(answer.Url),
            };
        }
    }

    private string? WhyNotPart(EarlierRun earlier) => !File.Exists(target.PartPath) ? null
        : earlier.HasOtherNames ? "what an earlier run left has another name too (a hard link), under which it would be changed"
        : earlier.Journal is null ? "what an earlier run left has no usable journal" : "what an earlier run left is of another address";

    // The Python client leaves partial files under the final name. Nothing tells of which version they are: only a digest of the whole can.
    private string? WhyNotAdopt(RemoteAnswer answer, long length) => answer.Identity switch
    {
        { Length: null } => "the server does not tell the file's length",
        { Length: > Granules.MostLength } => "no disk holds what the server says that the file has",
        { Length: var remote } when length > remote => "it is longer than the remote",
        { IsProvable: false } identity => identity.WhyNotProvable,
        _ when answer.RefusesRanges || !state.RangesUsable => "the server does not give ranges",
        _ when Promised(answer.Digests).Length == 0 => "the server gives no digest that could vouch for it",
        _ when length < Granules.For(answer.Identity.Length!.Value).Size => "so few bytes are fetched as fast",
        _ => null,
    };

    // Several things that were there may be of no use, and yet the download begins once.
    private void NoteRestart(string? whyNotPart)
    {
        var reasons = new[] { whyNotPart, state.IsWhyNotTakenNoted ? null : state.WhyNotTaken }.OfType<string>().ToArray();
        if (reasons.Length > 0)
        {
            state.IsWhyNotTakenNoted = true;
            state.NoteRestart(context.Logger, request.Url, string.Join("; ", reasons));
        }
    }

    private Task<DownloadResult> FetchAfreshAsync(RemoteAnswer answer, CancellationToken cancellationToken)
    {
        var length = answer.Identity.Length;
        Begin(answer, length ?? 0);
        state.WhyNotResumable = !answer.Identity.IsProvable ? answer.Identity.WhyNotProvable
            : answer.RefusesRanges || !state.RangesUsable ? "the server does not give ranges"
            : length <= MostWhole ? "so small a file is fetched in one go" : null;
        return length is null or <= MostWhole ? FetchWholeAsync(answer, cancellationToken) : FetchSegmentsAsync(answer, length.Value, cancellationToken);
    }

    private async Task<DownloadResult> FetchWholeAsync(RemoteAnswer answer, CancellationToken cancellationToken)
    {
        var fetch = new WholeFileFetch(context.Options, progress, held, _replaces);
        var (bytes, verified) = await fetch.RunAsync(answer, target, Promised(answer.Digests), _flush, cancellationToken).ConfigureAwait(false);
        return Finished(bytes, 0, verified);
    }

    private async Task<DownloadResult> FetchSegmentsAsync(RemoteAnswer answer, long length, CancellationToken cancellationToken)
    {
        var file = NewPart.Create(target.PartPath, length);
        var plan = new Plan(Granules.For(length), context.Options.TimeProvider);
        var job = Job(file, plan, answer.Identity, answer.Digests, mayUseRanges: state.WhyNotResumable is null, isAdopted: false);
        return await TransferAsync(job, answer, plan.TryTakeAt(0, length), cancellationToken).ConfigureAwait(false);
    }

    private async Task<DownloadResult> ResumeAsync(RemoteAnswer answer, Journal journal, CancellationToken cancellationToken)
    {
        var digests = journal.Digests.Concat(answer.Digests).Distinct().ToArray();
        if (digests.DistinctBy(digest => digest.Algorithm).Count() != digests.Length)
        {
            throw new RemoteChange("the server promises another digest than before");
        }

        if (journal.IsAdopted && Promised(digests).Length == 0)
        {
            // The digest that was to vouch for them was the caller's, who does not give it any more.
            throw new StaleBytes("its origin is not known, and no digest vouches for it any more");
        }

        var plan = EarlierRun.MakePlan(journal, context.Options.TimeProvider);
        var length = plan.Granules.FileLength;
        Begin(answer, Math.Min(length - plan.BytesDone, length - OrdinaryFile.BytesOnDisk(target.PartPath)));
        state.WhyNotResumable = null;
        var file = OpenPart(length);
        DownloadLog.Resuming(context.Logger, target.FinalPath, plan.BytesDone);
        var job = Job(file, plan, journal.Identity, digests, mayUseRanges: true, journal.IsAdopted);
        job.ProveRanges();
        var range = answer.ContentRange!.Range!.Value;
        return await TransferAsync(job, answer, plan.TryTakeAt(range.Start, range.End), cancellationToken).ConfigureAwait(false);
    }

    private SafeFileHandle OpenPart(long length)
    {
        var file = File.OpenHandle(target.PartPath, FileMode.Open, FileAccess.ReadWrite, FileShare.Read);
        try
        {
            DiskWrite.SetLength(file, length);
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private async Task<DownloadResult> AdoptAsync(RemoteAnswer answer, CancellationToken cancellationToken)
    {
        // Copying takes minutes for a big file: meanwhile others may use the connection and its place at the host.
        answer.Dispose();
        var length = answer.Identity.Length!.Value;
        Begin(answer, length);
        state.WhyNotResumable = null;
        var file = NewPart.Create(target.PartPath, length);
        var plan = await CopyAsync(file, Granules.For(length), cancellationToken).ConfigureAwait(false);
        var job = Job(file, plan, answer.Identity, answer.Digests, mayUseRanges: true, isAdopted: true);
        return await TransferAsync(job, answer, null, cancellationToken).ConfigureAwait(false);
    }

    private async Task<Plan> CopyAsync(SafeFileHandle file, Granules granules, CancellationToken cancellationToken)
    {
        try
        {
            return await Task.Run(
                () => AdoptedPlan.Copy(target, file, granules, context.Options.TimeProvider, progress, cancellationToken), CancellationToken.None).ConfigureAwait(false);
        }
        catch
        {
            // Nothing is lost with half a copy, and without a journal nothing could be built on it.
            file.Dispose();
            held.DiscardPart(target);
            throw;
        }
    }

    private async Task<DownloadResult> TransferAsync(TransferJob job, RemoteAnswer answer, Lease? lease, CancellationToken cancellationToken)
    {
        using var file = job.File;
        if (lease is null)
        {
            // Its body is of no use; the connection and its place at the host are.
            answer.Dispose();
        }

        var hadBytes = job.Plan.BytesDone > 0;
        var already = job.Plan.BytesProved;
        try
        {
            var outcome = await new SegmentedTransfer(context, opener, retries, progress, job)
                .RunAsync(lease is null ? null : answer, lease, cancellationToken).ConfigureAwait(false);
            PutInPlace(job, cancellationToken);
            NoteSpoilt(outcome.Spoilt);
            return Finished(outcome.Bytes, already + outcome.ResumedFrom, outcome.Verified);
        }
        catch (TransientFailure) when (!job.CanResume)
        {
            state.RangesUsable = false;
            state.WhyNotResumable ??= job.RangesRefused;
            throw;
        }
        catch (DigestMismatch mismatch) when (hadBytes)
        {
            // Some of it is from an earlier run or another program: all of it is fetched before the server is called a liar.
            state.WhyNotTaken ??= mismatch.Message;
            state.IsWhyNotTakenNoted = true;
            throw new StaleBytes(mismatch.Message);
        }
        catch (DigestMismatch)
        {
            file.Dispose();
            held.DiscardPart(target);
            throw;
        }
    }

    private void PutInPlace(TransferJob job, CancellationToken cancellationToken)
    {
        progress.Report(DownloadPhase.Flushing, job.Plan.BytesDone, 0);
        var plan = job.Plan;
        DiskWrite.RequireLength(job.File, plan.Granules.FileLength);
        DiskWrite.SetLength(job.File, plan.Granules.FileLength);
        ReceiptStore.TryWrite(target.PartPath, new Receipt(plan.Granules.FileLength, job.Identity.Url, job.PromisedDigests, plan.Granules.Size, plan.Seal()));
        FinalPlace.Move(job.File, target, held, _replaces, _flush, cancellationToken);
    }

    private TransferJob Job(
        SafeFileHandle file, Plan plan, RemoteIdentity identity, IReadOnlyList<FileDigest> digests, bool mayUseRanges, bool isAdopted) => new()
        {
            Target = target,
            Identity = identity,
            AddressMark = AddressMark.Of(request.Url),
            ServerDigests = digests,
            PromisedDigests = Promised(digests),
            MayUseRanges = mayUseRanges,
            IsAdopted = isAdopted,
            Flush = _flush,
            Connections = request.Options.Connections,
            Plan = plan,
            File = file,
        };

    private FileDigest[] Promised(IReadOnlyList<FileDigest> digests) => [.. request.ExpectedDigests.Concat(digests).Distinct()];

    private void Begin(RemoteAnswer answer, long needed)
    {
        DiskErrors.RequireRoom(target, needed);
        progress.TotalBytes = answer.Identity.Length;
        DownloadLog.Started(context.Logger, RedactedUrl.Of(answer.Url), target.FinalPath);
    }

    private void NoteSpoilt(int count)
    {
        if (count > 0)
        {
            DownloadLog.Spoilt(context.Logger, count, target.FinalPath);
        }
    }

    private DownloadResult Finished(long bytes, long resumedFrom, DownloadVerification verified)
    {
        DownloadLog.Finished(context.Logger, target.FinalPath, bytes, verified);
        progress.Report(DownloadPhase.Done, bytes, 0);
        return new DownloadResult { Path = target.FinalPath, Bytes = bytes, ResumedFrom = resumedFrom, Verified = verified, RestartReasons = state.Restarts };
    }
}
