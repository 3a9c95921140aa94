using MlHub.Sdk.Downloads.Naming;
using MlHub.Sdk.Downloads.Remote;
using MlHub.Sdk.Downloads.Verification;

namespace MlHub.Sdk.Downloads.Transfer;

/// <summary>Decides whether a file that lies under the final name is the one that is asked for, so that nothing has to be fetched.</summary>
internal sealed class ExistingFile(DownloadContext context, DownloadRequest request, ProgressReporter progress, SessionState state, Target target)
{
    /// <summary>Takes the file as <see cref="IfExists.Skip"/> has it: whatever is there, unless the caller knows its digest.</summary>
    /// <returns>The file, or null where there is none.</returns>
    /// <exception cref="DownloadException">It has not the digest that it must have.</exception>
    internal async Task<DownloadResult?> TrySkipAsync(CancellationToken cancellationToken)
    {
        if (!target.TryGetExisting(out var length))
        {
            return null;
        }

        request.Claim?.Take(target);
        if (request.ExpectedDigests.Count == 0)
        {
            return Skipped(length, DownloadVerification.None);
        }

        var check = await VerifyAsync(cancellationToken).ConfigureAwait(false);
        return check.Status == VerificationStatus.Right
            ? Skipped(length, Digests(check))
            : throw new DownloadException(
                DownloadFailure.DigestMismatch,
                $"'{target.FinalPath}' is there and is not what it should be: {check.Detail}. It was left as it is: remove it, or have it overwritten.") { Path = target.FinalPath };
    }

    /// <summary>Takes the file as done where nothing of the remote is missing in it.</summary>
    /// <returns>The file, or null where something is to be fetched.</returns>
    internal async Task<DownloadResult?> TryTakeAsDoneAsync(long? remoteLength, CancellationToken cancellationToken)
    {
        if (request.IfExists == IfExists.Skip)
        {
            return await TrySkipAsync(cancellationToken).ConfigureAwait(false);
        }

        if (request.IfExists == IfExists.Overwrite || !target.TryGetExisting(out var length) || length != remoteLength)
        {
            return null;
        }

        // The size is enough, as the manual has it; but a caller who knows the digest wants it held against the file.
        if (request.ExpectedDigests.Count == 0)
        {
            return Skipped(length, DownloadVerification.Length);
        }

        var check = await VerifyAsync(cancellationToken).ConfigureAwait(false);
        if (check.Status == VerificationStatus.Right)
        {
            return Skipped(length, Digests(check));
        }

        var why = $"the file that was there is not what is expected: {check.Detail}";
        state.Restarts.Add(why);
        DownloadLog.Restarting(context.Logger, RedactedUrl.Of(request.Url), why);
        return null;
    }

    private Task<VerificationResult> VerifyAsync(CancellationToken cancellationToken) =>
        FileVerifier.VerifyAsync(target.FinalPath, request.ExpectedDigests, cancellationToken);

    private static DownloadVerification Digests(VerificationResult check) => new() { Method = VerificationMethod.Digest, Digests = check.Digests };

    private DownloadResult Skipped(long bytes, DownloadVerification verified)
    {
        DownloadLog.Skipped(context.Logger, target.FinalPath);
        progress.Path = target.FinalPath;
        progress.TotalBytes = bytes;
        progress.Report(DownloadPhase.Done, bytes, 0);
        return new DownloadResult { Path = target.FinalPath, Bytes = bytes, Skipped = true, Verified = verified, RestartReasons = [.. state.Restarts] };
    }
}
