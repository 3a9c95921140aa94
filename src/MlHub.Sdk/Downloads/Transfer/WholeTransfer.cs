using System.Buffers;
using System.IO.Hashing;
using MlHub.Sdk.Downloads.Files;
using MlHub.Sdk.Downloads.Integrity;
using MlHub.Sdk.Downloads.Pacing;
using MlHub.Sdk.Downloads.Remote;
using MlHub.Sdk.Downloads.Reporting;

namespace MlHub.Sdk.Downloads.Transfer;

/// <summary>
/// Fetches a file in one stream, without plan or journal: small files, where these would cost more than they save, and files that no later request can
/// go on with.
/// </summary>
/// <param name="part">Where the bytes go; created.</param>
/// <param name="promised">The digests that the file must have.</param>
/// <param name="flush">Whether to keep the disk busy, so that little is left for the flush at the end.</param>
/// <param name="progress">Hears how far it is.</param>
internal sealed class WholeTransfer(PartFile part, IReadOnlyList<FileDigest> promised, bool flush, ProgressReporter progress)
{
    private const int BufferSize = 256 * 1024;

    /// <summary>Reads the body to its end.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="length">The length of the file; null when it is not known.</param>
    /// <param name="round">The round that it was asked for in.</param>
    /// <param name="cancellationToken">Ends it.</param>
    internal async Task<TransferEnd> RunAsync(RemoteAnswer answer, long? length, Retries.Round round, CancellationToken cancellationToken)
    {
        using var digests = new DigestSet(promised);
        var seal = new XxHash3();
        var bytes = 0L;
        var buffer = ArrayPool<byte>.Shared.Rent((int)Math.Clamp(length + 1 ?? BufferSize, 4096, BufferSize));
        try
        {
            var body = answer.OpenBody(cancellationToken);
            int count;
            while ((count = await body.FillAsync(buffer).ConfigureAwait(false)) > 0)
            {
                digests.Append(buffer.AsSpan(0, count));
                seal.Append(buffer.AsSpan(0, count));
                part.Write(buffer.AsSpan(0, count), bytes);
                bytes += count;
                if (flush)
                {
                    part.BeginWriting(bytes);
                }

                DownloadTelemetry.Arrived(count);
                progress.Report(DownloadPhase.Downloading, bytes, 1);
            }

            if (body.Fault is { } fault)
            {
                return new TransferEnd.Broken(fault, round);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        if (length is not null && bytes != length)
        {
            return new TransferEnd.Broken(new Fault(FaultKind.Passing, $"The body ended after {bytes} of {length} bytes.", answer.Where), round);
        }

        progress.Report(DownloadPhase.Verifying, bytes, 0);
        var (verified, difference) = digests.Finish();
        return difference is not null ? new TransferEnd.WrongDigest(difference)
            : new TransferEnd.Whole(bytes, 0, 0, length is null && verified.Method == VerificationMethod.Length ? DownloadVerification.None : verified, 0, seal.GetCurrentHashAsUInt64());
    }
}
