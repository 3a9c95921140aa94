using System.IO.Hashing;

namespace MlHub.Sdk.Downloads.Planning;

/// <summary>
/// A run of blocks that one connection fetches in order. If its connection fails, another one continues at the exact byte, with the partial checksum. While a
/// connection works on it, only its end may change: an idle connection may take the second half.
/// </summary>
internal sealed class Segment(int first, int end, long position)
{
    private readonly XxHash3 _checksum = new();
    private int _end = end;
    private long _position = position;

    /// <summary>The block being fetched.</summary>
    internal int Current { get; set; } = first;

    /// <summary>The first block after the segment.</summary>
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

    /// <summary>The end of the present body. The segment can grow up to here without a new request.</summary>
    internal long BodyEnd { get; set; }

    /// <summary>The time and the position at which the connection took it, to measure the speed.</summary>
    internal long TakenAt { get; set; }

    internal long TakenPosition { get; set; } = position;

    internal bool IsFinished => Current >= End;

    internal void Append(ReadOnlySpan<byte> bytes)
    {
        _checksum.Append(bytes);
        Position += bytes.Length;
    }

    /// <summary>Returns the checksum of the completed block, and resets the state for the next block.</summary>
    internal ulong TakeChecksum()
    {
        var checksum = _checksum.GetCurrentHashAsUInt64();
        _checksum.Reset();
        return checksum;
    }
}
