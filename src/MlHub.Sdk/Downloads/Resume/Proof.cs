using System.Buffers;
using System.IO.Hashing;
using MlHub.Sdk.Downloads.Files;
using MlHub.Sdk.Downloads.Integrity;
using MlHub.Sdk.Downloads.Planning;

namespace MlHub.Sdk.Downloads.Resume;

/// <summary>Compares bytes on disk with the checksums that were recorded when they were written.</summary>
internal static class Proof
{
    private const int BufferSize = 256 * 1024;

    /// <summary>Verifies all blocks that an earlier run recorded. Missing blocks are fetched at the same time.</summary>
    /// <param name="part">The file.</param>
    /// <param name="plan">The plan, which receives the result for each block.</param>
    /// <param name="decided">Called after each block.</param>
    /// <param name="cancellationToken">Cancels the check.</param>
    /// <returns>The number of corrupt blocks, and the number of correct bytes.</returns>
    internal static (int Spoilt, long RightBytes) Check(PartFile part, Plan plan, Action decided, CancellationToken cancellationToken)
    {
        var (spoilt, rightBytes) = (0, 0L);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            foreach (var index in plan.Recorded())
            {
                cancellationToken.ThrowIfCancellationRequested();
                var isRight = Checksum(part, plan.Blocks, index, buffer) == plan.RecordedChecksum(index);
                plan.Decide(index, isRight);
                decided();
                spoilt += isRight ? 0 : 1;
                rightBytes += isRight ? plan.Blocks.End(index) - plan.Blocks.Start(index) : 0;
            }

            return (spoilt, rightBytes);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>
    /// Throws if another program truncated and extended the part file, so that it contains zeros instead of the written bytes. Truncation reduces the allocated
    /// disk space, which is cheap to check. Only in that case the file is read again. Truncation of less than one block of the file system is not detected.
    /// </summary>
    /// <param name="part">The file, complete.</param>
    /// <param name="blockSize">The size of a block. 0 if the seal is that of the whole file.</param>
    /// <param name="seal">The checksum of the written bytes.</param>
    /// <param name="cancellationToken">Cancels the check.</param>
    /// <exception cref="IOException">The file has changed since it was written.</exception>
    internal static void RequireNoHoles(PartFile part, int blockSize, ulong seal, CancellationToken cancellationToken)
    {
        if (!part.MayHaveHoles)
        {
            return;
        }

        var reader = new SealReader(blockSize);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            var position = 0L;
            for (int count; (count = part.Read(buffer, position)) > 0; position += count)
            {
                cancellationToken.ThrowIfCancellationRequested();
                reader.Append(buffer.AsSpan(0, count));
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        if (reader.Finish() != seal)
        {
            throw new IOException("The temporary file is shorter than expected: another program truncated it.");
        }
    }

    private static ulong? Checksum(PartFile part, Blocks blocks, int index, byte[] buffer)
    {
        var checksum = new XxHash3();
        var end = blocks.End(index);
        for (var position = blocks.Start(index); position < end;)
        {
            var count = part.Read(buffer.AsSpan(0, (int)Math.Min(buffer.Length, end - position)), position);
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
