namespace MlHub.Sdk.Downloads.Reading;

/// <summary>
/// Caches bytes of a remote file in memory, in blocks of 32 KiB, up to a fixed number. If the cache is full, the least recently used block is removed. Not
/// thread-safe.
/// </summary>
internal sealed class BlockCache(int size)
{
    internal const int BlockSize = 32 * 1024;

    private readonly Dictionary<long, Block> _blocks = [];
    private long _uses;

    /// <summary>The maximum number of blocks.</summary>
    internal int MostBlocks { get; } = size / BlockSize;

    /// <summary>The maximum number of bytes.</summary>
    internal long MostBytes => (long)MostBlocks * BlockSize;

    /// <summary>Copies the cached bytes from a position on.</summary>
    /// <returns>The number of bytes copied. 0 if the byte at the position is not cached.</returns>
    internal int Read(long position, Span<byte> target)
    {
        var count = 0;
        while (count < target.Length && _blocks.TryGetValue(position / BlockSize, out var block))
        {
            var filled = block.Bytes.AsSpan(0, block.Filled);
            var offset = (int)(position % BlockSize);
            if (offset >= filled.Length)
            {
                break;
            }

            var piece = filled[offset..Math.Min(filled.Length, offset + target.Length - count)];
            piece.CopyTo(target[count..]);
            block.LastUse = ++_uses;
            position += piece.Length;
            count += piece.Length;
        }

        return count;
    }

    /// <summary>Where a fetch must start so that the block of a missing byte is filled without a gap: after the cached bytes of that block.</summary>
    internal long FirstMissing(long position)
    {
        var index = position / BlockSize;
        return (index * BlockSize) + (_blocks.TryGetValue(index, out var block) ? block.Filled : 0);
    }

    /// <summary>The memory for the bytes from a position up to the end of its block.</summary>
    /// <param name="position">The start of a block, or the end of its cached bytes.</param>
    /// <param name="keepFrom">The bytes from here up to the position are not removed.</param>
    internal Memory<byte> Take(long position, long keepFrom)
    {
        var index = position / BlockSize;
        if (!_blocks.TryGetValue(index, out var block))
        {
            block = _blocks.Count < MostBlocks ? new Block() : Evict(keepFrom / BlockSize, index);
            _blocks[index] = block;
        }

        return block.Bytes.AsMemory((int)(position % BlockSize));
    }

    /// <summary>Records bytes that were written to the memory that <see cref="Take"/> gave.</summary>
    internal void Add(long position, int count)
    {
        var block = _blocks[position / BlockSize];
        block.Filled = Math.Max(block.Filled, (int)(position % BlockSize) + count);
        block.LastUse = ++_uses;
    }

    private Block Evict(long keepFrom, long keepTo)
    {
        var (index, block) = _blocks.Where(pair => pair.Key < keepFrom || pair.Key > keepTo).MinBy(pair => pair.Value.LastUse);
        _blocks.Remove(index);
        block.Filled = 0;
        return block;
    }

    private sealed class Block
    {
        internal byte[] Bytes { get; } = GC.AllocateUninitializedArray<byte>(BlockSize);

        /// <summary>The number of cached bytes from the start of the block.</summary>
        internal int Filled { get; set; }

        internal long LastUse { get; set; }
    }
}
