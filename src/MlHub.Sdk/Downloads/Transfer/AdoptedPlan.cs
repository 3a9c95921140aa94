using System.Buffers;
using System.IO.Hashing;
using Microsoft.Win32.SafeHandles;
using MlHub.Sdk.Downloads.Planning;

namespace MlHub.Sdk.Downloads.Transfer;

/// <summary>The plan for a partial file of unknown origin: its whole granules are taken as they are, for the digest to judge in the end.</summary>
internal static class AdoptedPlan
{
    internal static Plan Make(SafeFileHandle file, Granules granules, TimeProvider time, CancellationToken cancellationToken)
    {
        var states = new GranuleState[granules.Count];
        var checksums = new ulong[granules.Count];
        var whole = (int)(RandomAccess.GetLength(file) / granules.Size);
        var buffer = ArrayPool<byte>.Shared.Rent(granules.Size);
        try
        {
            for (var index = 0; index < whole; index++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var bytes = buffer.AsSpan(0, granules.Size);
                if (!TryFill(file, bytes, granules.Start(index)))
                {
                    break;
                }

                states[index] = GranuleState.Done;
                checksums[index] = XxHash3.HashToUInt64(bytes);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return new Plan(granules, states, checksums, time);
    }

    private static bool TryFill(SafeFileHandle file, Span<byte> bytes, long position)
    {
        while (!bytes.IsEmpty)
        {
            var count = RandomAccess.Read(file, bytes, position);
            if (count == 0)
            {
                return false;
            }

            bytes = bytes[count..];
            position += count;
        }

        return true;
    }
}
