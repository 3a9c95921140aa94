namespace MlHub.Sdk.Downloads.Planning;

/// <summary>
/// Tracks which blocks are complete, being fetched, or missing. Segments are assigned in the order of the file, so that digests can be computed shortly after
/// the bytes arrive. When all blocks are assigned, idle connections take half of the remaining work of others. Thread-safe.
/// </summary>
internal sealed class Plan
{
    private const long WorthTaking = 4 * 1024 * 1024;

    // This many bytes may be in transit to a connection or in its buffers. A connection that takes over the segment fetches them a second time.
    private const long MaxInTransit = 512 * 1024;
    private const int MaxReadAhead = 16 * 1024 * 1024;
    private static readonly TimeSpan MaxRemainingTime = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan TooSlow = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly BlockState[] _states;
    private readonly ulong[] _checksums;
    private readonly List<Segment> _returned = [];
    private readonly List<Segment> _active = [];
    private int _firstMissing;
    private int _frontier;
    private int _notDone;
    private long _bytesDone;

    internal Plan(Blocks blocks, TimeProvider time)
        : this(blocks, new BlockState[blocks.Count], new ulong[blocks.Count], time)
    {
    }

    /// <summary>Restores the state from a journal or from an adopted file.</summary>
    internal Plan(Blocks blocks, BlockState[] states, ulong[] checksums, TimeProvider time)
    {
        Blocks = blocks;
        _states = states;
        _checksums = checksums;
        _time = time;
        for (var index = 0; index < states.Length; index++)
        {
            _notDone += states[index] == BlockState.Done ? 0 : 1;
            _bytesDone += states[index] >= BlockState.Recorded ? blocks.End(index) - blocks.Start(index) : 0;
        }

        AdvanceFrontier();
    }

    internal Blocks Blocks { get; }

    internal bool IsComplete => Volatile.Read(ref _notDone) == 0;

    /// <summary>The number of bytes of all stored blocks, verified or not.</summary>
    internal long BytesDone => Interlocked.Read(ref _bytesDone);

    /// <summary>The number of bytes of all verified blocks.</summary>
    internal long BytesProved
    {
        get
        {
            lock (_lock)
            {
                var bytes = 0L;
                for (var index = 0; index < _states.Length; index++)
                {
                    bytes += _states[index] == BlockState.Done ? Blocks.End(index) - Blocks.Start(index) : 0;
                }

                return bytes;
            }
        }
    }

    /// <summary>The end of the verified blocks at the start of the file, without a gap.</summary>
    internal long FrontierBytes => Blocks.Start(Volatile.Read(ref _frontier));

    /// <summary>The same with byte precision: includes the received bytes of the next block.</summary>
    internal long ContiguousBytes
    {
        get
        {
            lock (_lock)
            {
                return _active.Find(segment => segment.Current == _frontier && !segment.IsFinished)?.Position ?? FrontierBytes;
            }
        }
    }

    /// <summary>Takes a segment for a body that starts at the given byte, if the block there is missing.</summary>
    internal Segment? TryTakeAt(long position, long bodyEnd)
    {
        lock (_lock)
        {
            var index = Blocks.IndexOf(position);
            if (position != Blocks.Start(index) || index >= _states.Length || _states[index] != BlockState.Missing)
            {
                return null;
            }

            return ReadFrom(Take(index, index + 1), bodyEnd);
        }
    }

    /// <summary>
    /// Takes a segment for a body that has reached the given byte: at that byte, or after blocks that are complete. Null if nothing is left, or if another
    /// connection is fetching the next block.
    /// </summary>
    internal Segment? TryTakeNext(long position, long bodyEnd)
    {
        lock (_lock)
        {
            for (var index = Blocks.IndexOf(position); index < _states.Length && bodyEnd >= Blocks.End(index); index++)
            {
                if (_states[index] >= BlockState.Recorded)
                {
                    continue;
                }

                var returned = _returned.FindIndex(segment => segment.Current == index && segment.Position >= position);
                if (returned >= 0)
                {
                    return ReadFrom(TakeReturned(returned), bodyEnd);
                }

                // The body may already be past the start of the first block.
                if (Blocks.Start(index) >= position)
                {
                    return _states[index] == BlockState.Missing ? ReadFrom(Take(index, index + 1), bodyEnd) : null;
                }
            }

            return null;
        }
    }

    /// <summary>Whether there is work for another connection.</summary>
    /// <param name="splits">Whether the connection may take half of the rest of another connection.</param>
    internal bool HasWork(bool splits)
    {
        lock (_lock)
        {
            return _returned.Count > 0 || Array.IndexOf(_states, BlockState.Missing, _firstMissing) >= 0 || (splits && FindVictim() is not null);
        }
    }

    /// <summary>Takes a segment to fetch. Null if there is none left.</summary>
    /// <param name="wantedBytes">The approximate number of bytes.</param>
    /// <param name="splits">Whether the segment may be half of the rest of another connection.</param>
    internal Segment? TryTake(long wantedBytes, bool splits)
    {
        lock (_lock)
        {
            if (_returned.Count > 0)
            {
                return TakeReturned(0);
            }

            while (_firstMissing < _states.Length && _states[_firstMissing] != BlockState.Missing)
            {
                _firstMissing++;
            }

            return _firstMissing < _states.Length ? TakeRun(_firstMissing, wantedBytes) : splits ? Steal() : null;
        }
    }

    /// <summary>Starts fetching a segment that was taken earlier.</summary>
    /// <returns>False if other connections have taken all of it since.</returns>
    internal bool TryBegin(Segment segment)
    {
        lock (_lock)
        {
            segment.TakenAt = _time.GetTimestamp();
            return !segment.IsFinished;
        }
    }

    /// <summary>Returns the unfinished rest of a segment.</summary>
    internal void Return(Segment segment)
    {
        lock (_lock)
        {
            _active.Remove(segment);
            if (segment.IsFinished)
            {
                return;
            }

            if (segment.Position == Blocks.Start(segment.Current))
            {
                Release(segment);
                return;
            }

            // The current block is partly stored. The next connection continues at the exact byte.
            segment.BodyEnd = 0;
            _returned.Add(segment);
        }
    }

    /// <summary>
    /// Marks the current block of the segment as stored, and extends the segment if its body continues and no other connection has the next block.
    /// </summary>
    internal void Complete(Segment segment)
    {
        var checksum = segment.TakeChecksum();
        lock (_lock)
        {
            var index = segment.Current;
            segment.Current = index + 1;
            if (_states[index] != BlockState.Done)
            {
                _states[index] = BlockState.Done;
                _checksums[index] = checksum;
                _notDone--;
                _bytesDone += Blocks.End(index) - Blocks.Start(index);
                AdvanceFrontier();
            }

            Extend(segment);
        }
    }

    /// <summary>Records the result of verifying a block from the journal.</summary>
    internal void Decide(int index, bool isRight)
    {
        lock (_lock)
        {
            if (_states[index] != BlockState.Recorded)
            {
                return;
            }

            _states[index] = isRight ? BlockState.Done : BlockState.Missing;
            _notDone -= isRight ? 1 : 0;
            _bytesDone -= isRight ? 0 : Blocks.End(index) - Blocks.Start(index);
            _firstMissing = isRight ? _firstMissing : Math.Min(_firstMissing, index);
            AdvanceFrontier();
        }
    }

    internal ulong RecordedChecksum(int index) => _checksums[index];

    /// <summary>The blocks from the journal that have not been verified.</summary>
    internal int[] Recorded()
    {
        lock (_lock)
        {
            return [.. Enumerable.Range(0, _states.Length).Where(index => _states[index] == BlockState.Recorded)];
        }
    }

    /// <summary>The first run of missing blocks. Null if none is missing.</summary>
    internal ByteRange? FirstGap()
    {
        lock (_lock)
        {
            var first = Array.FindIndex(_states, state => state < BlockState.Recorded);
            if (first < 0)
            {
                return null;
            }

            var end = Array.FindIndex(_states, first, state => state >= BlockState.Recorded);
            return new ByteRange(Blocks.Start(first), Blocks.Start(end < 0 ? _states.Length : end));
        }
    }

    /// <summary>The seal of the file, if all blocks are complete.</summary>
    internal ulong Seal() => Blocks.SealOf(_checksums);

    /// <summary>Copies the state for a journal.</summary>
    internal void CopyTo(BlockState[] states, ulong[] checksums)
    {
        lock (_lock)
        {
            _states.CopyTo(states, 0);
            _checksums.CopyTo(checksums, 0);
        }
    }

    // A body that continues past its segment is read further without a new request. It reserves up to 16 MiB ahead, so that no other connection starts right in
    // front of it.
    private void Extend(Segment segment)
    {
        var most = Math.Min(_states.Length, segment.Current + Math.Max(1, MaxReadAhead / Blocks.Size));
        while (segment.End < most && _states[segment.End] == BlockState.Missing && segment.BodyEnd >= Blocks.End(segment.End))
        {
            _states[segment.End] = BlockState.Taken;
            segment.End++;
        }
    }

    private Segment ReadFrom(Segment segment, long bodyEnd)
    {
        segment.BodyEnd = bodyEnd;
        Extend(segment);
        return segment;
    }

    private Segment TakeReturned(int index)
    {
        var segment = _returned[index];
        _returned.RemoveAt(index);
        return Activate(segment);
    }

    private Segment TakeRun(int first, long wantedBytes)
    {
        var most = (int)Math.Min(_states.Length, first + Math.Max(1, wantedBytes / Blocks.Size));
        var end = first + 1;
        while (end < most && _states[end] == BlockState.Missing)
        {
            end++;
        }

        return Take(first, end);
    }

    private Segment Take(int first, int end)
    {
        for (var index = first; index < end; index++)
        {
            _states[index] = _states[index] == BlockState.Done ? BlockState.Done : BlockState.Taken;
        }

        return Activate(new Segment(first, end, Blocks.Start(first)));
    }

    private void Release(Segment segment)
    {
        for (var index = segment.Current; index < segment.End; index++)
        {
            _states[index] = _states[index] == BlockState.Taken ? BlockState.Missing : _states[index];
        }

        _firstMissing = Math.Min(_firstMissing, segment.Current);
    }

    private Segment Activate(Segment segment)
    {
        segment.TakenAt = _time.GetTimestamp();
        segment.TakenPosition = segment.Position;
        _active.Add(segment);
        return segment;
    }

    private Segment? Steal()
    {
        if (FindVictim() is not { } victim)
        {
            return null;
        }

        // The owner may be up to one buffer ahead of its last known position. It checks the end again before it writes.
        var end = victim.End;
        var middle = IsWaitingTooLong(victim) ? victim.Current : victim.Current + 1 + ((end - victim.Current) / 2);
        victim.End = middle;
        return Take(middle, end);
    }

    // The segment with the largest rest, if splitting it is worthwhile. A large rest is always split; a small rest only if its connection is slow. On a busy
    // network every connection is a little slow, and splitting small rests repeatedly would only fetch bytes twice.
    private Segment? FindVictim()
    {
        Segment? victim = null;
        var most = 0L;
        foreach (var segment in _active)
        {
            var left = Blocks.EndOf(segment) - segment.Position;
            var isWorthIt = left >= WorthTaking || IsSlower(segment, left, left >= MaxInTransit ? MaxRemainingTime : TooSlow);
            if (left > most && isWorthIt && (IsWaitingTooLong(segment) || segment.End - segment.Current >= 3))
            {
                victim = segment;
                most = left;
            }
        }

        return victim;
    }

    // Some servers delay an additional connection for minutes before the first header. Another connection may take over its segment.
    private bool IsWaitingTooLong(Segment segment) =>
        segment.Position == Blocks.Start(segment.Current) && segment.Position == segment.TakenPosition && _time.GetElapsedTime(segment.TakenAt) > TooSlow;

    // Whether the rest would take longer than this. The speed is known only after the connection has received bytes for as long, not while it waits for the
    // response.
    private bool IsSlower(Segment segment, long left, TimeSpan limit)
    {
        var elapsed = _time.GetElapsedTime(segment.TakenAt);
        var arrived = segment.Position - segment.TakenPosition;
        return arrived == 0 ? elapsed > TooSlow : elapsed > limit && elapsed * ((double)left / arrived) > limit;
    }

    private void AdvanceFrontier()
    {
        var frontier = _frontier;
        while (frontier < _states.Length && _states[frontier] == BlockState.Done)
        {
            frontier++;
        }

        Volatile.Write(ref _frontier, frontier);
    }
}
