using System.Buffers;
using System.IO.Hashing;

namespace MlHub.Sdk.Downloads.Transfer;

/// <summary>Holds what the journal of an earlier run says against the file, while what is missing is fetched already.</summary>
internal sealed class GranuleProver(TransferJob job)
{
    private const int BufferSize = 256 * 1024;

    /// <summary>Judges all recorded granules.</summary>
    /// <returns>How many were spoilt, and how many bytes were right.</returns>
    internal (int Spoilt, long RightBytes) Run(CancellationToken cancellationToken)
    {
        var spoilt = 0;
        var rightBytes = 0L;
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            foreach (var index in job.Plan.Recorded())
            {
                cancellationToken.ThrowIfCancellationRequested();
                var isRight = Checksum(index, buffer) == job.Plan.RecordedChecksum(index);
                job.Plan.Judge(index, isRight);
                job.FrontierMoved.Set();
                spoilt += isRight ? 0 : 1;
                rightBytes += isRight ? job.Plan.Granules.End(index) - job.Plan.Granules.Start(index) : 0;
            }

            return (spoilt, rightBytes);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private ulong? Checksum(int index, byte[] buffer)
    {
        var checksum = new XxHash3();
        var end = job.Plan.Granules.End(index);
        for (var position = job.Plan.Granules.Start(index); position < end;)
        {
            var count = RandomAccess.Read(job.File, buffer.AsSpan(0, (int)Math.Min(buffer.Length, end - position)), position);
            if (count == 0)
            {
                return null;
            }

            checksum.Append(buffer.AsSpan(0, count));
            position += count;
        }

        return checksum.GetCurrentHashAsUInt64();
    }
}
