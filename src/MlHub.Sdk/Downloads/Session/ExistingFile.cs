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
    internal async Task<Next?> CompareAsync(RemoteResponse response, CancellationToken cancellationToken)
    {
        if (request.Options.IfExists == IfExists.Skip)
        {
            if (!target.TryGetExisting(out _))
            {
                return null;
            }

            response.Dispose();
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
            RequireSameFile(Compare(receipt, response));
            receipt = null;
        }

        var isSameLength = length == response.Identity.Length;
        if (isSameLength && await CompareDigestsAsync(response, receipt, length, cancellationToken).ConfigureAwait(false) is { } byDigest)
        {
            return byDigest;
        }

        if (receipt is null)
        {
            return isSameLength ? CompareSize(length) : null;
        }

        var comparison = Compare(receipt, response);
        RequireSameFile(comparison);
        RequireNotShorter(receipt, response);

        // An edit may keep the length, but it changes the modification time.
        if (Reads || FinishedFile.WrittenAt(target.FinalPath) != receipt.WrittenAt)
        {
            response.Dispose();
            progress.Report(DownloadPhase.Verifying, length, 0);
            if (!await FileVerifier.IsUnchangedAsync(target.FinalPath, receipt, cancellationToken).ConfigureAwait(false))
            {
                learned.FileIsOutdated("the existing file was changed after its download");
                return new Next.LookAgain();
            }
        }

        return CompareReceipt(receipt, comparison, response, length);
    }

    private async Task<Next?> CompareDigestsAsync(RemoteResponse response, Receipt? receipt, long length, CancellationToken cancellationToken)
    {
        // If the receipt contains the digests, the file need not be read, unless the receipt has another address. In that case the bytes themselves must match.
        var isKnown = !Reads && receipt is not null && IsUnchanged(receipt, response) && Compare(receipt, response).Likeness != Likeness.OtherFile;
        FileDigest[] promised = [.. request.ExpectedDigests.Concat(isKnown ? [] : response.Digests).Distinct()];
        if (promised.Length == 0)
        {
            return null;
        }

        response.Dispose();
        var check = await VerifyAsync(length, promised, cancellationToken).ConfigureAwait(false);
        if (check.Status == VerificationStatus.Right)
        {
            return Skipped(length, SkipReason.Digest, Digests(check));
        }

        if (receipt is not null)
        {
            RequireSameFile(Compare(receipt, response));
        }

        learned.FileIsOutdated($"the existing file does not match: {check.Detail}");
        return new Next.LookAgain();
    }

    // Only the size is known.
    private Next.Done? CompareSize(long length)
    {
        if (!Reads)
        {
            return Skipped(length, SkipReason.Size, DownloadVerification.Length);
        }

        learned.FileIsOutdated("no receipt or digest is known to compare the existing file with");
        return null;
    }

    private Next? CompareReceipt(Receipt receipt, Comparison comparison, RemoteResponse response, long length)
    {
        var now = response.Identity.Length;
        if (now == length && IsUnchanged(receipt, response))
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

        learned.FileIsOutdated($"the remote file changed after the download of the existing file: {response.Scrub(why)}");
        return response.IsDisposed ? new Next.LookAgain() : null;
    }

    private Comparison Compare(Receipt receipt, RemoteResponse response)
    {
        var asked = AddressMark.OfFile(request.Url);
        return Sameness.OfFile(receipt.Identity, receipt.CameAt, response.Identity with { Asked = asked }, isRedirect: AddressMark.OfFile(response.Url) != asked);
    }

    // A complete file is not replaced by an empty body, or by a shorter response with the same strong ETag, because such a response contradicts itself.
    private void RequireNotShorter(Receipt receipt, RemoteResponse response)
    {
        if (response.Identity.Length is { } now && now < receipt.Bytes
            && (now == 0 || (receipt.Identity.ETag is { IsWeak: false } tag && response.Identity.ETag?.Names(tag) == true)))
        {
            throw new DownloadException(
                DownloadFailure.BadResponse,
                $"The server sends {now} bytes for {response.Where}, but '{target.FinalPath}', which was downloaded from there, has {receipt.Bytes}. The file was not changed. Run it again later, or set IfExists to Overwrite.")
            {
                StatusCode = response.Status,
                Path = target.FinalPath,
                RequestUrl = response.Where,
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
    private static bool IsUnchanged(Receipt receipt, RemoteResponse response) => response.Digests.Count > 0 && response.Digests.All(receipt.Digests.Contains);

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
