using System.Buffers;
using MlHub.Sdk.Downloads.Digests;

namespace MlHub.Sdk.Downloads.Transfer;

/// <summary>Computes the file's digests close behind the bytes as they become contiguous, while they are still in the page cache.</summary>
internal sealed class FrontierDigest(TransferJob job)
{
    private const int BufferSize = 512 * 1024;

    internal async Task<(DownloadVerification Verified, string? Difference)> RunAsync(CancellationToken cancellationToken)
    {
        using var digests = new DigestSet(job.PromisedDigests);
        if (digests.IsEmpty)
        {
            return digests.Finish();
        }

        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            for (var position = 0L; position < job.Plan.Granules.FileLength;)
            {
                var ready = job.Plan.FrontierBytes - position;
                if (ready == 0)
                {
                    await job.FrontierMoved.WaitAsync(cancellationToken).ConfigureAwait(false);
                    continue;
                }

                position += Digest(digests, buffer, position, ready, cancellationToken);
            }

            return digests.Finish();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private int Digest(DigestSet digests, byte[] buffer, long position, long ready, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var count = RandomAccess.Read(job.File, buffer.AsSpan(0, (int)Math.Min(buffer.Length, ready)), position);
        if (count == 0)
        {
            throw new IOException("The temporary file is shorter than what was written to it: something else has cut it.");
        }

        digests.Append(buffer.AsSpan(0, count));
        return count;
    }
}
