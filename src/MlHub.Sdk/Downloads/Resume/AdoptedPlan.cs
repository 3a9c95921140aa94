using System.Buffers;
using System.IO.Hashing;
using MlHub.Sdk.Downloads.Files;
using MlHub.Sdk.Downloads.Planning;

namespace MlHub.Sdk.Downloads.Resume;

/// <summary>
/// The plan for completing a partial file of unknown origin with the final name, for example from the Python client. Its complete blocks are copied, and the
/// digest verifies them at the end. The bytes are copied so that the original file still exists if the digest does not match.
/// </summary>
internal static class AdoptedPlan
{
    internal static Plan Copy(PartFile part, Blocks blocks, TimeProvider time, Action<long> onProgress, CancellationToken cancellationToken)
    {
        var states = new BlockState[blocks.Count];
        var checksums = new ulong[blocks.Count];
        using var found = FinishedFile.Open(part.Target.FinalPath);
        var whole = (int)Math.Min(blocks.Count, RandomAccess.GetLength(found) / blocks.Size);
        var buffer = ArrayPool<byte>.Shared.Rent(blocks.Size);
        try
        {
            var bytes = buffer.AsSpan(0, blocks.Size);
            for (var index = 0; index < whole; index++)
            {
                onProgress(blocks.Start(index));
                cancellationToken.ThrowIfCancellationRequested();
                if (RegularFile.ReadAll(found, bytes, blocks.Start(index)) < bytes.Length)
                {
                    break;
                }

                part.Write(bytes, blocks.Start(index));
                states[index] = BlockState.Done;
                checksums[index] = XxHash3.HashToUInt64(bytes);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return new Plan(blocks, states, checksums, time);
    }
}
