using System.Globalization;
using MlHub.Sdk.Downloads.Files;
using MlHub.Sdk.Downloads.Identity;
using MlHub.Sdk.Downloads.Integrity;
using MlHub.Sdk.Downloads.Remote;
using MlHub.Sdk.Downloads.Reporting;

namespace MlHub.Sdk.Downloads.Session;

/// <summary>Decides whether an existing file is the requested one, so that nothing has to be downloaded.</summary>
internal sealed class ExistingFile(DownloadRequest request, DownloadServices services, ProgressReporter progress, Learned learned, Place place, Target target)
{
    private bool Reads => request.Options.IfExists == IfExists.Verify;

    /// <summary>Accepts an existing file without comparing it with the remote file (<see cref="IfExists.Skip"/>). The caller's digests must match.</summary>
    /// <returns>The file, or null if there is none.</returns>
    /// <exception cref="DownloadException">The file does not match the expected digest.</exception>
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
                $"'{target.FinalPath}' exists and does not match the expected digest: {check.Detail}. It was not changed: remove it, or set IfExists to Overwrite.")
            {
                Path = target.FinalPath,
            };
    }

    /// <summary>
    /// Compares the file with the response: by a digest if there is one, otherwise by its receipt, otherwise by its size. The response is released before the
    /// file is read, because that takes minutes for a large file, and other downloads may use the connection meanwhile.
    /// </summary>
    /// <returns>
    /// Done if the file is the requested one; another attempt if the response was released; null if the file is to be downloaded with this response.
    /// </returns>
    /// <exception cref="DownloadException">The file was downloaded from another address.</exception>
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

        // Editing a file in place keeps its receipt. If the length changed, only the address in the receipt is still valid.
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
        RequireNotShorter(receipt, answer);

        // An edit may keep the length, but it changes the modification time.
        if (Reads || FinishedFile.WrittenAt(target.FinalPath) != receipt.WrittenAt)
        {
            answer.Dispose();
            progress.Report(DownloadPhase.Verifying, length, 0);
            if (!await FileVerifier.IsUnchangedAsync(target.FinalPath, receipt, cancellationToken).ConfigureAwait(false))
            {
                learned.FileIsOutdated("the existing file was changed after its download");
                return new Next.LookAgain();
            }
        }

        return JudgeReceipt(receipt, comparison, answer, length);
    }

    private async Task<Next?> JudgeDigestsAsync(RemoteAnswer answer, Receipt? receipt, long length, CancellationToken cancellationToken)
    {
        // If the receipt contains the digests, the file need not be read, unless the receipt has another address. In that case the bytes themselves must match.
        var isKnown = !Reads && receipt is not null && IsUnchanged(receipt, answer) && Compare(receipt, answer).Likeness != Likeness.OtherFile;
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

        learned.FileIsOutdated($"the existing file does not match: {check.Detail}");
        return new Next.LookAgain();
    }

    // Only the size is known.
    private Next.Done? JudgeSize(long length)
    {
        if (!Reads)
        {
            return Skipped(length, SkipReason.Size, DownloadVerification.Length);
        }

        learned.FileIsOutdated("no receipt or digest is known to compare the existing file with");
        return null;
    }

    private Next? JudgeReceipt(Receipt receipt, Comparison comparison, RemoteAnswer answer, long length)
    {
        var now = answer.Identity.Length;
        if (now == length && IsUnchanged(receipt, answer))
        {
            return Skipped(length, SkipReason.Receipt, DownloadVerification.Length);
        }

        // The server does not have to send the length if the file is the same.
        var why = now is not null && now != length ? string.Create(CultureInfo.InvariantCulture, $"its length was {length} and is now {now}")
            : comparison.Likeness == Likeness.OtherVersion ? comparison.Why
            : now is null && comparison.Likeness != Likeness.Same ? "the server does not report its length"
            : null;
        if (why is null)
        {
            return Skipped(length, comparison.Likeness == Likeness.Same ? SkipReason.Receipt : SkipReason.Size, DownloadVerification.Length);
        }

        learned.FileIsOutdated($"the remote file changed after the download of the existing file: {answer.Scrub(why)}");
        return answer.IsDisposed ? new Next.LookAgain() : null;
    }

    private Comparison Compare(Receipt receipt, RemoteAnswer answer)
    {
        var asked = AddressMark.OfFile(request.Url);
        return Sameness.OfFile(receipt.Identity, receipt.CameAt, answer.Identity with { Asked = asked }, isRedirect: AddressMark.OfFile(answer.Url) != asked);
    }

    // A complete file is not replaced by an empty body, or by a shorter response with the same strong ETag, because such a response contradicts itself.
    private void RequireNotShorter(Receipt receipt, RemoteAnswer answer)
    {
        if (answer.Identity.Length is { } now && now < receipt.Bytes
            && (now == 0 || (receipt.Identity.ETag is { IsWeak: false } tag && answer.Identity.ETag?.Names(tag) == true)))
        {
            throw new DownloadException(
                DownloadFailure.BadAnswer,
                $"The server sends {now} bytes for {answer.Where}, but '{target.FinalPath}', which was downloaded from there, has {receipt.Bytes}. The file was not changed. Run it again later, or set IfExists to Overwrite.")
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
                $"'{target.FinalPath}' exists, and {comparison.Why}. It was not changed: choose another name or directory, or set IfExists to Overwrite.")
            {
                Path = target.FinalPath,
                RequestUrl = RedactedUrl.Of(request.Url),
            };
        }
    }

    // Whether all digests from the server were verified when the file was downloaded.
    private static bool IsUnchanged(Receipt receipt, RemoteAnswer answer) => answer.Digests.Count > 0 && answer.Digests.All(receipt.Digests.Contains);

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
        DownloadLog.AlreadyThere(services.Logger, target.FinalPath, Words(reason));
        progress.Path = target.FinalPath;
        progress.TotalBytes = bytes;
        progress.Report(DownloadPhase.Done, bytes, 0);
        return new Next.Done(new DownloadResult { Path = target.FinalPath, Bytes = bytes, SkipReason = reason, Verified = verified, RestartReasons = learned.Restarts });
    }

    private static string Words(SkipReason reason) => reason switch
    {
        SkipReason.Present => "it was not compared",
        SkipReason.Size => "only its size was compared",
        SkipReason.Receipt => "it matches the server and its receipt",
        _ => "it has the expected digest",
    };
}
