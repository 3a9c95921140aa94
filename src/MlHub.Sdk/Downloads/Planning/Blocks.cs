using System.IO.Hashing;
using System.Numerics;
using System.Runtime.InteropServices;

namespace MlHub.Sdk.Downloads.Planning;

/// <summary>How a file of known length is cut into the pieces that are recorded one by one.</summary>
internal sealed record Blocks(long FileLength, int Size)
{
    private const int LeastSize = 4 * 1024;
    private const int UsualSize = 64 * 1024;
    private const int MostSize = 16 * 1024 * 1024;
    private const int SmallFileCount = 4 * 1024;
    private const int UsualCount = 16 * 1024;

    /// <summary>The longest file that can be cut: 2 PiB.</summary>
    internal const long MostLength = (long)MostSize * (int.MaxValue / 16);

    internal int Count { get; } = checked((int)((FileLength + Size - 1) / Size));

    /// <summary>
    /// The cut for a length: at most 16,384 pieces up to 256 GiB (a journal of 135 KB), and 16 MiB each beyond. What a kill loses is
    /// half a piece for every connection, which so stays far below 2 % of the file.
    /// </summary>
    internal static Blocks For(long length)
    {
        var small = Math.Clamp(RoundUp(length / SmallFileCount), LeastSize, UsualSize);
        var size = Math.Max(small, Math.Min(MostSize, RoundUp((length + UsualCount - 1) / UsualCount)));
        return new Blocks(length, (int)size);
    }

    /// <summary>Whether a size read from a journal is one that could have been written.</summary>
    internal static bool IsPossible(long length, int size) => length is > 0 and <= MostLength && size is >= LeastSize and <= MostSize && BitOperations.IsPow2(size)
        && (length + size - 1) / size <= int.MaxValue / 16;

    /// <summary>One checksum for the checksums of all blocks: what can be kept of them when the file is done.</summary>
    internal static ulong SealOf(ReadOnlySpan<ulong> checksums) => XxHash3.HashToUInt64(MemoryMarshal.AsBytes(checksums));

    /// <summary>The first byte of a block; behind the last block, the length of the file.</summary>
    internal long Start(int index) => Math.Min(FileLength, (long)index * Size);

    internal long End(int index) => Start(index + 1);

    /// <summary>The first byte that is no longer part of a segment, as far as it reaches now.</summary>
    internal long EndOf(Segment segment) => Start(segment.End);

    internal int IndexOf(long position) => (int)(position / Size);

    private static long RoundUp(long value) => (long)BitOperations.RoundUpToPowerOf2((ulong)Math.Max(1, value));
}
