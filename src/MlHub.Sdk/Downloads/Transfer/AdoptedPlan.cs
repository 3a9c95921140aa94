using System.Buffers;
using System.IO.Hashing;
using Microsoft.Win32.SafeHandles;
using MlHub.Sdk.Downloads.Disk;
using MlHub.Sdk.Downloads.Naming;
using MlHub.Sdk.Downloads.Planning;

namespace MlHub.Sdk.Downloads.Transfer;

/// <summary>
/// The plan for a partial file of unknown origin: its whole granules are copied as they are, for the digest to judge in the end. A copy, so
/// that what was there is still there should the digest not vouch for it.
/// </summary>
internal static class AdoptedPlan
{
    internal static Plan Copy(Target target, SafeFileHandle part, Granules granules, TimeProvider time, ProgressReporter progress, CancellationToken cancellationToken)
    {
        var states = new GranuleState[granules.Count];
        var checksums = new ulong[granules.Count];
        using var found = File.OpenHandle(target.FinalPath, options: FileOptions.SequentialScan);
        var whole = (int)Math.Min(granules.Count, RandomAccess.GetLength(found) / granules.Size);
        var buffer = ArrayPool<byte>.Shared.Rent(granules.Size);
        try
        {
            var bytes = buffer.AsSpan(0, granules.Size);
            for (var index = 0; index < whole; index++)
            {
                progress.Report(DownloadPhase.Copying, granules.Start(index), 0);
                cancellationToken.ThrowIfCancellationRequested();
                if (!TryFill(found, bytes, granules.Start(index)))
                {
                    break;
                }

                DiskWrite.Write(part, bytes, granules.Start(index));
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
