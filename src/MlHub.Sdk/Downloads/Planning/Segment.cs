using System.IO.Hashing;

namespace MlHub.Sdk.Downloads.Planning;

/// <summary>
/// A run of blocks that one connection fetches, in order. It survives its connection: whoever takes it up goes on at the byte, and with the
/// checksum, where the other stopped. Only its end may change under the connection, when an idle one takes the second half.
/// </summary>
internal sealed class Segment(int first, int end, long position)
{
    private readonly XxHash3 _checksum = new();
    private int _end = end;
    private long _position = position;

    /// <summary>The block being fetched.</summary>
    internal int Current { get; set; } = first;

    /// <summary>The first block that is no longer part of it.</summary>
    internal int End
    {
        get => Volatile.Read(ref _end);
        set => Volatile.Write(ref _end, value);
    }

    /// <summary>The next byte to fetch.</summary>
    internal long Position
    {
        get => Volatile.Read(ref _position);
        set => Volatile.Write(ref _position, value);
    }

    /// <summary>Up to where the body that is being read reaches: as far may the segment grow, at no cost.</summary>
    internal long BodyEnd { get; set; }

    /// <summary>When the connection took it, and where it was then, to tell how fast it goes.</summary>
    internal long TakenAt { get; set; }

    internal long TakenPosition { get; set; } = position;

    internal bool IsFinished => Current >= End;

    internal void Append(ReadOnlySpan<byte> bytes)
    {
        _checksum.Append(bytes);
        Position += bytes.Length;
    }

    /// <summary>The checksum of the block that is complete, and a clean slate for the next.</summary>
    internal ulong TakeChecksum()
    {
        var checksum = _checksum.GetCurrentHashAsUInt64();
        _checksum.Reset();
        return checksum;
    }
}
