using MlHub.Sdk.Downloads.Remote;

namespace MlHub.Sdk.Downloads.Planning;

/// <summary>
/// Which granules are there, which are being fetched and by whom, and which are to be fetched. Leases are handed out in the order of the
/// file, so that digests can be computed close behind; when all are out, idle workers take halves of what others have left. Thread-safe.
/// </summary>
internal sealed class Plan
{
    private const long WorthTaking = 4 * 1024 * 1024;
    private const int Runway = 16 * 1024 * 1024;
    private static readonly TimeSpan SlowToFinish = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SlowToBegin = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly GranuleState[] _states;
    private readonly ulong[] _checksums;
    private readonly Queue<Lease> _returned = new();
    private readonly List<Lease> _active = [];
    private int _firstMissing;
    private int _frontier;
    private int _notDone;
    private long _bytesDone;

    internal Plan(Granules granules, TimeProvider time)
        : this(granules, new GranuleState[granules.Count], new ulong[granules.Count], time)
    {
    }

    /// <summary>Takes up what a journal, or a file that is adopted, says.</summary>
    internal Plan(Granules granules, GranuleState[] states, ulong[] checksums, TimeProvider time)
    {
        Granules = granules;
        _states = states;
        _checksums = checksums;
        _time = time;
        for (var index = 0; index < states.Length; index++)
        {
            _notDone += states[index] == GranuleState.Done ? 0 : 1;
            _bytesDone += states[index] >= GranuleState.Recorded ? granules.End(index) - granules.Start(index) : 0;
        }

        AdvanceFrontier();
    }

    internal Granules Granules { get; }

    internal bool IsComplete => Volatile.Read(ref _notDone) == 0;

    /// <summary>Whether a worker more would find something to do.</summary>
    internal bool HasWork
    {
        get
        {
            lock (_lock)
            {
                return _returned.Count > 0 || Array.IndexOf(_states, GranuleState.Missing, _firstMissing) >= 0 || FindVictim() is not null;
            }
        }
    }

    /// <summary>The bytes of all granules that are there, proved or not.</summary>
    internal long BytesDone => Interlocked.Read(ref _bytesDone);

    /// <summary>The bytes of all granules that are known to be as they were written.</summary>
    internal long BytesProved
    {
        get
        {
            lock (_lock)
            {
                var bytes = 0L;
                for (var index = 0; index < _states.Length; index++)
                {
                    bytes += _states[index] == GranuleState.Done ? Granules.End(index) - Granules.Start(index) : 0;
                }

                return bytes;
            }
        }
    }

    /// <summary>Up to where the file is there and right without a gap.</summary>
    internal long FrontierBytes => Math.Min(Granules.FileLength, Granules.Start(Volatile.Read(ref _frontier)));

    /// <summary>The same to the byte: with what is there of the granule that is being fetched right behind.</summary>
    internal long ContiguousBytes
    {
        get
        {
            lock (_lock)
            {
                return _active.Find(lease => lease.Current == _frontier && !lease.IsFinished)?.Position ?? FrontierBytes;
            }
        }
    }

    /// <summary>A lease for a body that begins at a certain byte, if the granule there is missing.</summary>
    internal Lease? TryTakeAt(long position, long bodyEnd)
    {
        lock (_lock)
        {
            var index = Granules.IndexOf(position);
            if (position != Granules.Start(index) || index >= _states.Length || _states[index] != GranuleState.Missing)
            {
                return null;
            }

            var lease = Take(index, index + 1);
            lease.BodyEnd = bodyEnd;
            Extend(lease);
            return lease;
        }
    }

    /// <summary>Something to fetch, about as much as wanted; null when nothing is left to begin.</summary>
    internal Lease? TryTake(long wantedBytes)
    {
        lock (_lock)
        {
            if (_returned.TryDequeue(out var returned))
            {
                return Activate(returned);
            }

            while (_firstMissing < _states.Length && _states[_firstMissing] != GranuleState.Missing)
            {
                _firstMissing++;
            }

            return _firstMissing < _states.Length ? TakeRun(_firstMissing, wantedBytes) : Steal();
        }
    }

    /// <summary>Gives back what a worker could not finish.</summary>
    internal void Return(Lease lease)
    {
        lock (_lock)
        {
            _active.Remove(lease);
            if (lease.IsFinished)
            {
                return;
            }

            if (lease.Position == Granules.Start(lease.Current))
            {
                Release(lease);
                return;
            }

            // The granule it stopped in is half there: whoever takes it up goes on at the byte.
            lease.BodyEnd = 0;
            _returned.Enqueue(lease);
        }
    }

    /// <summary>Notes that the lease's current granule is on disk, and lets the lease grow where its body goes on and nobody else is.</summary>
    internal void Complete(Lease lease)
    {
        var checksum = lease.TakeChecksum();
        lock (_lock)
        {
            var index = lease.Current;
            lease.Current = index + 1;
            if (_states[index] != GranuleState.Done)
            {
                _states[index] = GranuleState.Done;
                _checksums[index] = checksum;
                _notDone--;
                _bytesDone += Granules.End(index) - Granules.Start(index);
                AdvanceFrontier();
            }

            Extend(lease);
        }
    }

    /// <summary>Lets a lease that is at its end grow into what others have given back since.</summary>
    internal bool TryGrow(Lease lease)
    {
        lock (_lock)
        {
            Extend(lease);
            return !lease.IsFinished;
        }
    }

    /// <summary>What the journal said of a granule was held against the file.</summary>
    internal void Judge(int index, bool isRight)
    {
        lock (_lock)
        {
            if (_states[index] != GranuleState.Recorded)
            {
                return;
            }

            _states[index] = isRight ? GranuleState.Done : GranuleState.Missing;
            _notDone -= isRight ? 1 : 0;
            _bytesDone -= isRight ? 0 : Granules.End(index) - Granules.Start(index);
            _firstMissing = isRight ? _firstMissing : Math.Min(_firstMissing, index);
            AdvanceFrontier();
        }
    }

    internal ulong RecordedChecksum(int index) => _checksums[index];

    /// <summary>The granules that a journal spoke of and that have not been held against the file.</summary>
    internal int[] Recorded()
    {
        lock (_lock)
        {
            return [.. Enumerable.Range(0, _states.Length).Where(index => _states[index] == GranuleState.Recorded)];
        }
    }

    /// <summary>The first run of granules that are not there; null when none is missing.</summary>
    internal ByteRange? FirstGap()
    {
        lock (_lock)
        {
            var first = Array.FindIndex(_states, state => state < GranuleState.Recorded);
            if (first < 0)
            {
                return null;
            }

            var end = Array.FindIndex(_states, first, state => state >= GranuleState.Recorded);
            return Granules.Range(first, end < 0 ? _states.Length : end);
        }
    }

    /// <summary>One number for the checksums of all granules, when all are there.</summary>
    internal ulong Seal() => GranuleSeal.Of(_checksums);

    /// <summary>Copies what a journal is to say.</summary>
    internal void CopyTo(GranuleState[] states, ulong[] checksums)
    {
        lock (_lock)
        {
            _states.CopyTo(states, 0);
            _checksums.CopyTo(checksums, 0);
        }
    }

    // A body that goes on is read on at no cost. It is kept a runway ahead, so that a second worker does not land right before it.
    private void Extend(Lease lease)
    {
        var most = Math.Min(_states.Length, lease.Current + Math.Max(1, Runway / Granules.Size));
        while (lease.End < most && _states[lease.End] == GranuleState.Missing && lease.BodyEnd >= Granules.End(lease.End))
        {
            _states[lease.End] = GranuleState.Leased;
            lease.End++;
        }
    }

    private Lease TakeRun(int first, long wantedBytes)
    {
        var most = (int)Math.Min(_states.Length, first + Math.Max(1, wantedBytes / Granules.Size));
        var end = first + 1;
        while (end < most && _states[end] == GranuleState.Missing)
        {
            end++;
        }

        return Take(first, end);
    }

    private Lease Take(int first, int end)
    {
        for (var index = first; index < end; index++)
        {
            _states[index] = _states[index] == GranuleState.Done ? GranuleState.Done : GranuleState.Leased;
        }

        return Activate(new Lease(first, end, Granules.Start(first)));
    }

    private void Release(Lease lease)
    {
        for (var index = lease.Current; index < lease.End; index++)
        {
            _states[index] = _states[index] == GranuleState.Leased ? GranuleState.Missing : _states[index];
        }

        _firstMissing = Math.Min(_firstMissing, lease.Current);
    }

    private Lease Activate(Lease lease)
    {
        lease.TakenAt = _time.GetTimestamp();
        lease.TakenPosition = lease.Position;
        _active.Add(lease);
        return lease;
    }

    private Lease? Steal()
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

    // The lease that has most left: worth halving by its bytes when it is big, and by its own speed when its connection crawls.
    private Lease? FindVictim()
    {
        Lease? victim = null;
        var most = 0L;
        foreach (var lease in _active)
        {
            var left = Granules.Range(0, lease.End).End - lease.Position;
            if (left > most && (IsSlowToBegin(lease) || lease.End - lease.Current >= 3) && (left >= WorthTaking || TimeToFinish(lease, left) > SlowToFinish))
            {
                victim = lease;
                most = left;
            }
        }

        return victim;
    }

    // Some servers let a connection more wait for minutes, headers and all: what was to come over it, whoever gets bytes may have.
    private bool IsSlowToBegin(Lease lease) =>
        lease.Position == Granules.Start(lease.Current) && lease.Position == lease.TakenPosition && _time.GetElapsedTime(lease.TakenAt) > SlowToBegin;

    private TimeSpan TimeToFinish(Lease lease, long left)
    {
        var elapsed = _time.GetElapsedTime(lease.TakenAt);
        var arrived = lease.Position - lease.TakenPosition;
        return arrived == 0 ? elapsed : elapsed * ((double)left / arrived);
    }

    private void AdvanceFrontier()
    {
        var frontier = _frontier;
        while (frontier < _states.Length && _states[frontier] == GranuleState.Done)
        {
            frontier++;
        }

        Volatile.Write(ref _frontier, frontier);
    }
}
