using System.Net;
using MlHub.Sdk.Downloads.Naming;
using MlHub.Sdk.Downloads.Remote;
using MlHub.Sdk.Downloads.Verification;

namespace MlHub.Sdk.Downloads.Transfer;

/// <summary>Decides whether a file that lies under the final name is the one that is asked for, so that nothing has to be fetched.</summary>
internal sealed class ExistingFile(DownloadContext context, DownloadRequest request, ProgressReporter progress, SessionState state, Target target)
{
    /// <summary>Whether the answer was let go of while the file was read, so that another is needed for what is to be fetched.</summary>
    internal bool HasLetGo { get; private set; }

    /// <summary>Takes the file as <see cref="IfExists.Skip"/> has it: whatever is there, unless the caller knows its digest.</summary>
    /// <returns>The file, or null where there is none.</returns>
    /// <exception cref="DownloadException">It has not the digest that it must have.</exception>
    internal async Task<DownloadResult?> TrySkipAsync(CancellationToken cancellationToken)
    {
        if (!target.TryGetExisting(out var length))
        {
            return null;
        }

        state.Claim?.Take(target);
        if (request.ExpectedDigests.Count == 0)
        {
            return Skipped(length, DownloadVerification.None);
        }

        var check = await VerifyAsync(length, request.ExpectedDigests, cancellationToken).ConfigureAwait(false);
        return check.Status == VerificationStatus.Right
            ? Skipped(length, Digests(check))
            : throw new DownloadException(
                DownloadFailure.DigestMismatch,
                $"'{target.FinalPath}' is there and is not what it should be: {check.Detail}. It was left as it is: remove it, or have it overwritten.")
            {
                Path = target.FinalPath,
            };
    }

    /// <summary>Takes the file as done where nothing of the remote is missing in it.</summary>
    /// <returns>The file, or null where something is to be fetched.</returns>
    internal async Task<DownloadResult?> TryTakeAsDoneAsync(RemoteAnswer answer, CancellationToken cancellationToken)
    {
        if (request.Options.IfExists == IfExists.Skip)
        {
            if (!target.TryGetExisting(out _))
            {
                return null;
            }

            LetGo(answer);
            return await TrySkipAsync(cancellationToken).ConfigureAwait(false);
        }

        if (request.Options.IfExists == IfExists.Overwrite || state.WhyNotTaken is not null
            || !target.TryGetExisting(out var length) || length != answer.Identity.Length)
        {
            return null;
        }

        if (answer.Status == HttpStatusCode.OK)
        {
            AnswerRules.RequirePlain(answer);
        }

        // The size is enough, as the manual has it; but who knows the digest wants it held against the file: the caller, or a server that
        // does not promise what the receipt says that the file was held against when it came.
        FileDigest[] promised = [.. request.ExpectedDigests.Concat(IsAsItCame(answer.Digests) ? [] : answer.Digests).Distinct()];
        if (promised.Length == 0)
        {
            return Skipped(length, DownloadVerification.Length);
        }

        LetGo(answer);
        var check = await VerifyAsync(length, promised, cancellationToken).ConfigureAwait(false);
        if (check.Status == VerificationStatus.Right)
        {
            return Skipped(length, Digests(check));
        }

        state.WhyNotTaken = $"the file that was there is not what is expected: {check.Detail}";
        return null;
    }

    private bool IsAsItCame(IReadOnlyList<FileDigest> digests) =>
        digests.Count > 0 && ReceiptStore.TryRead(target.FinalPath) is { } receipt && digests.All(receipt.Digests.Contains);

    // Reading a big file takes minutes: meanwhile others may use the connection and its place at the host.
    private void LetGo(RemoteAnswer answer)
    {
        answer.Dispose();
        HasLetGo = true;
    }

    private Task<VerificationResult> VerifyAsync(long length, IReadOnlyList<FileDigest> digests, CancellationToken cancellationToken)
    {
        progress.Path = target.FinalPath;
        progress.TotalBytes = length;
        progress.Report(DownloadPhase.Verifying, length, 0);
        return FileVerifier.VerifyAsync(target.FinalPath, digests, cancellationToken);
    }

    private static DownloadVerification Digests(VerificationResult check) => new() { Method = VerificationMethod.Digest, Digests = check.Digests };

    private DownloadResult Skipped(long bytes, DownloadVerification verified)
    {
        DownloadLog.Skipped(context.Logger, target.FinalPath);
        progress.Path = target.FinalPath;
        progress.TotalBytes = bytes;
        progress.Report(DownloadPhase.Done, bytes, 0);
        return new DownloadResult { Path = target.FinalPath, Bytes = bytes, Skipped = true, Verified = verified, RestartReasons = state.Restarts };
    }
}
