using System.Buffers;
using System.IO.Hashing;
using Microsoft.Win32.SafeHandles;
using MlHub.Sdk.Downloads.Digests;
using MlHub.Sdk.Downloads.Disk;
using MlHub.Sdk.Downloads.Locking;
using MlHub.Sdk.Downloads.Naming;
using MlHub.Sdk.Downloads.Remote;
using MlHub.Sdk.Downloads.Verification;

namespace MlHub.Sdk.Downloads.Transfer;

/// <summary>
/// Fetches a file in one stream, without plan or journal: small files, where these would cost more than they save,
/// and files of unknown length, of which no part can be proved.
/// </summary>
internal sealed class WholeFileFetch(DownloaderSettings options, ProgressReporter progress, TargetLock held, bool replaces)
{
    private const int MostBuffer = 256 * 1024;

    /// <summary>Reads the body to its end and puts the file in place.</summary>
    internal async Task<(long Bytes, DownloadVerification Verified)> RunAsync(
        RemoteAnswer answer, Target target, IReadOnlyList<FileDigest> promised, bool flush, CancellationToken cancellationToken)
    {
        held.DiscardJournal(target);
        using var digests = new DigestSet(promised);
        using var file = NewPart.Create(target.PartPath, answer.Identity.Length);
        var seal = new XxHash3();
        var bytes = await ReadAsync(answer, file, digests, seal, cancellationToken).ConfigureAwait(false);

        progress.Report(DownloadPhase.Verifying, bytes, 0);
        var (verified, difference) = digests.Finish();
        if (difference is not null)
        {
            file.Dispose();
            held.DiscardPart(target);
            throw new DigestMismatch(difference);
        }

        progress.Report(DownloadPhase.Flushing, bytes, 0);
        ReceiptStore.TryWrite(target.PartPath, new Receipt(bytes, answer.Identity.Url, promised, GranuleSize: 0, seal.GetCurrentHashAsUInt64()));
        FinalPlace.Move(file, target, held, replaces, flush, cancellationToken);
        return (bytes, answer.Identity.Length is null && verified.Method == VerificationMethod.Length ? DownloadVerification.None : verified);
    }

    private async Task<long> ReadAsync(RemoteAnswer answer, SafeFileHandle file, DigestSet digests, XxHash3 seal, CancellationToken cancellationToken)
    {
        var size = (int)Math.Clamp(answer.Identity.Length + 1 ?? MostBuffer, 4096, MostBuffer);
        var buffer = ArrayPool<byte>.Shared.Rent(size);
        try
        {
            var body = await answer.OpenBodyAsync(cancellationToken).ConfigureAwait(false);
            using var guard = new StallGuard(body, answer.Scrub, options.Transfer.StallTimeout, options.TimeProvider, cancellationToken);
            var bytes = 0L;
            for (int count; (count = await guard.ReadAsync(buffer).ConfigureAwait(false)) > 0; bytes += count)
            {
                digests.Append(buffer.AsSpan(0, count));
                seal.Append(buffer.AsSpan(0, count));
                DiskWrite.RequireLength(file, answer.Identity.Length ?? bytes);
                DiskWrite.Write(file, buffer.AsSpan(0, count), bytes);
                DownloadTelemetry.Arrived(count);
                progress.Report(DownloadPhase.Downloading, bytes + count, 1);
            }

            return bytes == (answer.Identity.Length ?? bytes)
                ? bytes
                : throw new TransientFailure($"The body ended after {bytes} of {answer.Identity.Length} bytes.");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
