using System.Globalization;
using MlHub.Sdk.Downloads.Files;
using MlHub.Sdk.Downloads.Identity;
using MlHub.Sdk.Downloads.Integrity;
using MlHub.Sdk.Downloads.Remote;
using MlHub.Sdk.Downloads.Reporting;

namespace MlHub.Sdk.Downloads.Session;

/// <summary>Decides whether a file under the final name is the one that is asked for, so that nothing has to be fetched.</summary>
internal sealed class ExistingFile(DownloadRequest request, DownloadServices services, ProgressReporter progress, Learned learned, Place place, Target target)
{
    private bool Reads => request.Options.IfExists == IfExists.Verify;

    /// <summary>Takes whatever is there as done, as <see cref="IfExists.Skip"/> says. The caller's digests must match.</summary>
    /// <returns>The file, or null when there is none.</returns>
    /// <exception cref="DownloadException">It does not have the digest that it must have.</exception>
    internal async Task<Next.Done?> TrySkipAsync(CancellationToken cancellationToken)
    {
        if (!target.TryGetExisting(out var length))
        {
            return null;
        }

        place.Claim(target);
        if (request.ExpectedDigests.Count == 0)
        {
            return Skipped(length, SkipReason.Present, DownloadVerification.None);
        }

        var check = await VerifyAsync(length, request.ExpectedDigests, cancellationToken).ConfigureAwait(false);
        return check.Status == VerificationStatus.Right
            ? Skipped(length, SkipReason.Digest, Digests(check))
            : throw new DownloadException(
                DownloadFailure.DigestMismatch,
                $"'{target.FinalPath}' is there and is not what it should be: {check.Detail}. It was left as it is: remove it, or set IfExists to Overwrite.")
            {
                Path = target.FinalPath,
            };
    }

    /// <summary>
    /// Compares the file with the answer: first by a digest, then by what was noted when it came, and by its size alone when nothing else is known. Before it
    /// reads a file it lets the answer go: that takes minutes for a big file, and others may use the connection meanwhile.
    /// </summary>
    /// <returns>Done when the file is the one that is asked for; another attempt when the answer was let go; null when it is to be fetched with this answer.</returns>
    /// <exception cref="DownloadException">The file came from another address.</exception>
    internal async Task<Next?> JudgeAsync(RemoteAnswer answer, CancellationToken cancellationToken)
    {
        if (request.Options.IfExists == IfExists.Skip)
        {
            if (!target.TryGetExisting(out _))
            {
                return null;
            }

            answer.Dispose();
            return (Next?)await TrySkipAsync(cancellationToken).ConfigureAwait(false) ?? new Next.LookAgain();
        }

        if (request.Options.IfExists == IfExists.Overwrite || learned.WhyReplaced is not null || !target.TryGetExisting(out var length))
        {
            return null;
        }

        // An edit in place keeps the receipt. When it changes the length, the receipt still tells where the file came from, and nothing more.
        var receipt = Receipt.Of(target.FinalPath);
        if (receipt is not null && receipt.Bytes != length)
        {
            RequireSameFile(Compare(receipt, answer));
            receipt = null;
        }

        var isSameLength = length == answer.Identity.Length;
        if (isSameLength && await JudgeDigestsAsync(answer, receipt, length, cancellationToken).ConfigureAwait(false) is { } byDigest)
        {
            return byDigest;
        }

        if (receipt is null)
        {
            return isSameLength ? JudgeSize(length) : null;
        }

        var comparison = Compare(receipt, answer);
        RequireSameFile(comparison);
        RequireNoLesserFile(receipt, answer);

        // An edit may also keep the length. The time of the last write shows it.
        if (Reads || FinishedFile.WrittenAt(target.FinalPath) != receipt.WrittenAt)
        {
            answer.Dispose();
            progress.Report(DownloadPhase.Verifying, length, 0);
            if (!await FileVerifier.IsAsItCameAsync(target.FinalPath, receipt, cancellationToken).ConfigureAwait(false))
            {
                learned.FileIsOld("the file that was there was changed since it came");
                return new Next.LookAgain();
            }
        }

        return JudgeReceipt(receipt, comparison, answer, length);
    }

    private async Task<Next?> JudgeDigestsAsync(RemoteAnswer answer, Receipt? receipt, long length, CancellationToken cancellationToken)
    {
        // A receipt that names the digests spares reading the file, unless it names another address: then the bytes themselves must tell.
        var isKnown = !Reads && receipt is not null && IsAsItCame(receipt, answer) && Compare(receipt, answer).Likeness != Likeness.OtherFile;
        FileDigest[] promised = [.. request.ExpectedDigests.Concat(isKnown ? [] : answer.Digests).Distinct()];
        if (promised.Length == 0)
        {
            return null;
        }

        answer.Dispose();
        var check = await VerifyAsync(length, promised, cancellationToken).ConfigureAwait(false);
        if (check.Status == VerificationStatus.Right)
        {
            return Skipped(length, SkipReason.Digest, Digests(check));
        }

        if (receipt is not null)
        {
            RequireSameFile(Compare(receipt, answer));
        }

        learned.FileIsOld($"the file that was there is not what is expected: {check.Detail}");
        return new Next.LookAgain();
    }

    // Nothing but the size is known.
    private Next.Done? JudgeSize(long length)
    {
        if (!Reads)
        {
            return Skipped(length, SkipReason.Size, DownloadVerification.Length);
        }

        learned.FileIsOld("nothing is known that the file that was there could be compared with");
        return null;
    }

    private Next? JudgeReceipt(Receipt receipt, Comparison comparison, RemoteAnswer answer, long length)
    {
        var now = answer.Identity.Length;
        if (now == length && IsAsItCame(receipt, answer))
        {
            return Skipped(length, SkipReason.Receipt, DownloadVerification.Length);
        }

        // The server need not tell the length of a file that is the same.
        var why = now is not null && now != length ? string.Create(CultureInfo.InvariantCulture, $"its length was {length} and is now {now}")
            : comparison.Likeness == Likeness.OtherVersion ? comparison.Why
            : now is null && comparison.Likeness != Likeness.Same ? "the server does not tell its length"
            : null;
        if (why is null)
        {
            return Skipped(length, comparison.Likeness == Likeness.Same ? SkipReason.Receipt : SkipReason.Size, DownloadVerification.Length);
        }

        learned.FileIsOld($"the remote file changed since the file came: {answer.Scrub(why)}");
        return answer.IsDisposed ? new Next.LookAgain() : null;
    }

    private Comparison Compare(Receipt receipt, RemoteAnswer answer) =>
        Sameness.OfFile(receipt.Identity, receipt.CameAt, answer.Identity with { Asked = AddressMark.OfFile(request.Url) });

    // A whole file does not give way to nothing, nor to an answer with the same strong ETag that is shorter: such an answer contradicts itself.
    private void RequireNoLesserFile(Receipt receipt, RemoteAnswer answer)
    {
        if (answer.Identity.Length is { } now && now < receipt.Bytes
            && (now == 0 || (receipt.Identity.ETag is { IsWeak: false } tag && answer.Identity.ETag?.Names(tag) == true)))
        {
            throw new DownloadException(
                DownloadFailure.BadAnswer,
                $"The server sends {now} bytes for {answer.Where}, and '{target.FinalPath}', which came from there, has {receipt.Bytes}. The file was left as it is. Run it again later, or set IfExists to Overwrite.")
            {
                StatusCode = answer.Status,
                Path = target.FinalPath,
                RequestUrl = answer.Where,
            };
        }
    }

    private void RequireSameFile(Comparison comparison)
    {
        if (comparison.Likeness == Likeness.OtherFile)
        {
            throw new DownloadException(
                DownloadFailure.NameTaken,
                $"'{target.FinalPath}' is there, and {comparison.Why}. It was left as it is: choose another name or directory, or set IfExists to Overwrite.")
            {
                Path = target.FinalPath,
                RequestUrl = RedactedUrl.Of(request.Url),
            };
        }
    }

    // Whether all that the server promises was compared when the file came.
    private static bool IsAsItCame(Receipt receipt, RemoteAnswer answer) => answer.Digests.Count > 0 && answer.Digests.All(receipt.Digests.Contains);

    private Task<VerificationResult> VerifyAsync(long length, IReadOnlyList<FileDigest> digests, CancellationToken cancellationToken)
    {
        progress.Path = target.FinalPath;
        progress.TotalBytes = length;
        progress.Report(DownloadPhase.Verifying, length, 0);
        return FileVerifier.VerifyAsync(target.FinalPath, digests, cancellationToken);
    }

    private static DownloadVerification Digests(VerificationResult check) => new() { Method = VerificationMethod.Digest, Digests = check.Digests };

    private Next.Done Skipped(long bytes, SkipReason reason, DownloadVerification verified)
    {
        DownloadLog.Skipped(services.Logger, target.FinalPath, Words(reason));
        progress.Path = target.FinalPath;
        progress.TotalBytes = bytes;
        progress.Report(DownloadPhase.Done, bytes, 0);
        return new Next.Done(new DownloadResult { Path = target.FinalPath, Bytes = bytes, SkipReason = reason, Verified = verified, RestartReasons = learned.Restarts });
    }

    private static string Words(SkipReason reason) => reason switch
    {
        SkipReason.Present => "it was not looked at",
        SkipReason.Size => "only its size was compared",
        SkipReason.Receipt => "the server says that it is as it came",
        _ => "it has the digest that it should have",
    };
}
