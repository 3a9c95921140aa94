using System.Buffers;
using System.IO.Hashing;
using MlHub.Sdk.Downloads.Files;
using MlHub.Sdk.Downloads.Integrity;
using MlHub.Sdk.Downloads.Pacing;
using MlHub.Sdk.Downloads.Remote;
using MlHub.Sdk.Downloads.Reporting;

namespace MlHub.Sdk.Downloads.Transfer;

/// <summary>
/// Downloads a file in one stream, without a plan or a journal. Used for small files, where these would cost more than they save, and for files that cannot be
/// resumed.
/// </summary>
/// <param name="part">The part file, which is already created.</param>
/// <param name="promised">The digests that the file must have.</param>
/// <param name="flush">Whether to start writing to disk during the transfer, so that little is left for the final flush.</param>
/// <param name="progress">Receives progress, also while no bytes arrive.</param>
/// <param name="time">The clock.</param>
internal sealed class WholeTransfer(PartFile part, IReadOnlyList<FileDigest> promised, bool flush, ProgressReporter progress, TimeProvider time)
{
    private const int BufferSize = 256 * 1024;
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);
    private long _bytes;

    /// <summary>Reads the body to its end.</summary>
    /// <param name="response">The response.</param>
    /// <param name="length">The length of the file. Null if it is unknown.</param>
    /// <param name="round">The round of the request.</param>
    /// <param name="cancellationToken">Cancels the transfer.</param>
    internal async Task<TransferEnd> RunAsync(RemoteResponse response, long? length, Retries.Round round, CancellationToken cancellationToken)
    {
        using var digests = new DigestSet(promised);
        var seal = new XxHash3();
        progress.Report(DownloadPhase.Downloading, 0, 1);
        var reading = ReadAsync(response.OpenBody(cancellationToken), digests, seal, (int)Math.Clamp(length + 1 ?? BufferSize, 4096, BufferSize));
        while (!reading.IsCompleted)
        {
            await Task.WhenAny(reading, Task.Delay(Tick, time, CancellationToken.None)).ConfigureAwait(false);
            await SocketThread.Leave();
            progress.Report(DownloadPhase.Downloading, Interlocked.Read(ref _bytes), 1);
        }

        await reading.ConfigureAwait(false);
        if (response.Fault is { } fault)
        {
            return new TransferEnd.Broken(fault, round);
        }

        if (length is not null && _bytes != length)
        {
            return new TransferEnd.Broken(new Fault(FaultKind.Passing, $"The body ended after {_bytes} of {length} bytes.", response.Where), round);
        }

        progress.Report(DownloadPhase.Verifying, _bytes, 0);
        var (verified, difference) = digests.Finish();
        return difference is not null ? new TransferEnd.WrongDigest(difference)
            : new TransferEnd.Whole(_bytes, 0, 0, length is null && verified.Method == VerificationMethod.Length ? DownloadVerification.None : verified, 0, seal.GetCurrentHashAsUInt64());
    }

    private async Task ReadAsync(Body body, DigestSet digests, XxHash3 seal, int bufferSize)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(bufferSize);
        try
        {
            while (await body.FillAsync(buffer).ConfigureAwait(false) is > 0 and var count)
            {
                digests.Append(buffer.AsSpan(0, count));
                seal.Append(buffer.AsSpan(0, count));
                part.Write(buffer.AsSpan(0, count), _bytes);
                DownloadTelemetry.Arrived(count);
                Interlocked.Add(ref _bytes, count);
                if (flush)
                {
                    part.BeginWriting(_bytes);
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
