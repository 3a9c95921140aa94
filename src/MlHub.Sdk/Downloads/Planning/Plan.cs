namespace MlHub.Sdk.Downloads.Planning;

/// <summary>
/// Which blocks are there, which are being fetched, and which are to be fetched. Segments are handed out in the order of the file, so that digests can be
/// computed close behind. When all are out, idle connections take halves of what others have left. Thread-safe.
/// </summary>
internal sealed class Plan
{
    private const long WorthTaking = 4 * 1024 * 1024;

    // So much may be on its way to a connection, or in its buffers. Whoever takes it over fetches it a second time.
    private const long MostUnderWay = 512 * 1024;
    private const int Runway = 16 * 1024 * 1024;
    private static readonly TimeSpan SlowToFinish = TimeSpan.FromSeconds(1);
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

    /// <summary>Takes up what a journal, or a file that is adopted, says.</summary>
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

    /// <summary>The bytes of all blocks that are there, proved or not.</summary>
    internal long BytesDone => Interlocked.Read(ref _bytesDone);

    /// <summary>The bytes of all blocks that are known to be as they were written.</summary>
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

    /// <summary>Up to where the file is there and right without a gap.</summary>
    internal long FrontierBytes => Blocks.Start(Volatile.Read(ref _frontier));

    /// <summary>The same to the byte: with what is there of the block that is being fetched right behind.</summary>
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

    /// <summary>A segment for a body that begins at a certain byte, if the block there is missing.</summary>
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
    /// A segment for a body that comes to a certain byte, at that byte or behind what is there already; null when nothing is left for it, or when somebody is
    /// fetching what comes next.
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

                // The body may have come past the start of the first block.
                if (Blocks.Start(index) >= position)
                {
                    return _states[index] == BlockState.Missing ? ReadFrom(Take(index, index + 1), bodyEnd) : null;
                }
            }

            return null;
        }
    }

    /// <summary>Whether a connection more would find something to do.</summary>
    /// <param name="splits">Whether it may take half of what another one has left.</param>
    internal bool HasWork(bool splits)
    {
        lock (_lock)
        {
            return _returned.Count > 0 || Array.IndexOf(_states, BlockState.Missing, _firstMissing) >= 0 || (splits && FindVictim() is not null);
        }
    }

    /// <summary>Something to fetch; null when nothing is left to begin.</summary>
    /// <param name="wantedBytes">About how much.</param>
    /// <param name="splits">Whether it may be half of what another connection has left.</param>
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

    /// <summary>Begins to fetch a segment that was taken a while ago.</summary>
    /// <returns>False when others have taken all of it meanwhile.</returns>
    internal bool TryBegin(Segment segment)
    {
        lock (_lock)
        {
            segment.TakenAt = _time.GetTimestamp();
            return !segment.IsFinished;
        }
    }

    /// <summary>Gives back what a connection could not finish.</summary>
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

            // The block it stopped in is half there: whoever takes it up goes on at the byte.
            segment.BodyEnd = 0;
            _returned.Add(segment);
        }
    }

    /// <summary>Notes that the segment's current block is on disk, and lets the segment grow where its body goes on and nobody else is.</summary>
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

    /// <summary>What the journal said of a block was compared with the file.</summary>
    internal void Judge(int index, bool isRight)
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

    /// <summary>The blocks that a journal spoke of and that have not been compared with the file.</summary>
    internal int[] Recorded()
    {
        lock (_lock)
        {
            return [.. Enumerable.Range(0, _states.Length).Where(index => _states[index] == BlockState.Recorded)];
        }
    }

    /// <summary>The first run of blocks that are not there; null when none is missing.</summary>
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

    /// <summary>The seal of the file, when all blocks are there.</summary>
    internal ulong Seal() => Blocks.SealOf(_checksums);

    /// <summary>Copies what a journal is to say.</summary>
    internal void CopyTo(BlockState[] states, ulong[] checksums)
    {
        lock (_lock)
        {
            _states.CopyTo(states, 0);
            _checksums.CopyTo(checksums, 0);
        }
    }

    // A body that continues past its segment is read further at no cost, up to 16 MiB ahead, so that no other connection starts right in front of it.
    private void Extend(Segment segment)
    {
        var most = Math.Min(_states.Length, segment.Current + Math.Max(1, Runway / Blocks.Size));
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

        // The owner may be up to a buffer ahead of where it was last seen; it looks at its end again before it writes.
        var end = victim.End;
        var middle = IsSlowToBegin(victim) ? victim.Current : victim.Current + 1 + ((end - victim.Current) / 2);
        victim.End = middle;
        return Take(middle, end);
    }

    // The segment that has most left, if it is worth halving: by its bytes when it is big, and otherwise by its own speed. On a busy line every connection is
    // a little slow, and to halve small rests again and again would only fetch bytes twice.
    private Segment? FindVictim()
    {
        Segment? victim = null;
        var most = 0L;
        foreach (var segment in _active)
        {
            var left = Blocks.EndOf(segment) - segment.Position;
            var isWorthIt = left >= WorthTaking || IsSlower(segment, left, left >= MostUnderWay ? SlowToFinish : TooSlow);
            if (left > most && isWorthIt && (IsSlowToBegin(segment) || segment.End - segment.Current >= 3))
            {
                victim = segment;
                most = left;
            }
        }

        return victim;
    }

    // Some servers let a further connection wait for minutes before the first header. Another connection may take over its segment.
    private bool IsSlowToBegin(Segment segment) =>
        segment.Position == Blocks.Start(segment.Current) && segment.Position == segment.TakenPosition && _time.GetElapsedTime(segment.TakenAt) > TooSlow;

    // Whether it needs longer than that for its rest. How fast it is shows only when it has been under way for as long, and not while it waits for its answer.
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
