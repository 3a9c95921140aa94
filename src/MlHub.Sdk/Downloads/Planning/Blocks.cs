using System.IO.Hashing;
using System.Numerics;
using System.Runtime.InteropServices;

namespace MlHub.Sdk.Downloads.Planning;

/// <summary>The division of a file of known length into blocks. The journal records the state of each block.</summary>
internal sealed record Blocks(long FileLength, int Size)
{
    private const int LeastSize = 4 * 1024;
    private const int UsualSize = 64 * 1024;
    private const int MostSize = 16 * 1024 * 1024;
    private const int SmallFileCount = 4 * 1024;
    private const int UsualCount = 16 * 1024;

    /// <summary>The maximum length of a file: 2 PiB.</summary>
    internal const long MostLength = (long)MostSize * (int.MaxValue / 16);

    internal int Count { get; } = checked((int)((FileLength + Size - 1) / Size));

    /// <summary>
    /// The blocks for a length: at most 16,384 blocks up to 256 GiB (a journal of 135 KB), and blocks of 16 MiB above that. A kill loses on average half a
    /// block per connection, which is far below 2 % of the file.
    /// </summary>
    internal static Blocks For(long length)
    {
        var small = Math.Clamp(RoundUp(length / SmallFileCount), LeastSize, UsualSize);
        var size = Math.Max(small, Math.Min(MostSize, RoundUp((length + UsualCount - 1) / UsualCount)));
        return new Blocks(length, (int)size);
    }

    /// <summary>Whether a block size read from a journal is valid for the length.</summary>
    internal static bool IsPossible(long length, int size) => length is > 0 and <= MostLength && size is >= LeastSize and <= MostSize && BitOperations.IsPow2(size)
        && (length + size - 1) / size <= int.MaxValue / 16;

    /// <summary>The checksum of the checksums of all blocks. It is kept in the receipt when the file is complete.</summary>
    internal static ulong SealOf(ReadOnlySpan<ulong> checksums) => XxHash3.HashToUInt64(MemoryMarshal.AsBytes(checksums));

    /// <summary>The position of the first byte of a block. For the index after the last block, the length of the file.</summary>
    internal long Start(int index) => Math.Min(FileLength, (long)index * Size);

    internal long End(int index) => Start(index + 1);

    /// <summary>The position after the last byte of a segment, with its present end.</summary>
    internal long EndOf(Segment segment) => Start(segment.End);

    internal int IndexOf(long position) => (int)(position / Size);

    private static long RoundUp(long value) => (long)BitOperations.RoundUpToPowerOf2((ulong)Math.Max(1, value));
}
