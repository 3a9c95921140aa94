using System.IO.Hashing;
using Microsoft.Extensions.Time.Testing;
using MlHub.Sdk.Downloads.Planning;

namespace MlHub.Sdk.Tests.Downloads;

/// <summary>Several workers on one plan with interleaved steps, and the invariants that are checked after each step.</summary>
internal sealed class PlanCrew
{
    private const int Size = 4;
    private readonly FakeTimeProvider _time = new();
    private readonly Worker[] _workers = [.. Enumerable.Range(0, Size).Select(_ => new Worker())];

    // Segments that workers returned unfinished, for the plan to assign again.
    private readonly List<Segment> _waiting = [];
    private readonly HashSet<int> _written = [];
    private readonly Plan _plan;
    private readonly byte[] _file;
    private readonly byte[] _disk;

    public PlanCrew(int seed)
    {
        var random = new Random(seed);
        _file = new byte[random.Next(1, 300_000)];
        random.NextBytes(_file);
        _disk = new byte[_file.Length];
        _plan = new Plan(Blocks.For(_file.Length), _time);
        _workers[0].Segment = random.Next(2) == 0 ? _plan.TryTakeAt(0, _file.Length) : null;
    }

    /// <summary>Time passes, a worker fails or, in most cases, continues.</summary>
    public void Step(byte number, int amount)
    {
        var worker = _workers[number % Size];
        switch (number / Size % 8)
        {
            case 0:
                _time.Advance(TimeSpan.FromMilliseconds(amount % 8000));
                break;
            case 1:
                GiveBack(worker);
                break;
            default:
                GoOn(worker, amount);
                break;
        }

        AssertOneOwnerEach();
        AssertDoneIsWhatIsWritten();
    }

    /// <summary>No worker fails any more, so the plan must complete in a limited number of steps.</summary>
    public void Finish()
    {
        for (var rounds = 0; !_plan.IsComplete; rounds++)
        {
            Assert.True(rounds < 10_000, "The plan does not come to an end.");
            Array.ForEach(_workers, worker => GoOn(worker, amount: ushort.MaxValue));
            AssertOneOwnerEach();
        }

        Array.ForEach(_workers, GiveBack);
        AssertDoneIsWhatIsWritten();
        Assert.Equal(_file.Length, _plan.BytesDone);
        Assert.True(_file.AsSpan().SequenceEqual(_disk), "The file is not what was fetched.");
    }

    /// <summary>The next that a worker does: take a segment, ask, read, write, note.</summary>
    private void GoOn(Worker worker, int amount)
    {
        if (worker.Segment is not { } segment)
        {
            Take(worker, amount * 8L);
        }
        else if (worker.Stored > 0)
        {
            Note(worker, segment);
        }
        else if (worker.Read > 0)
        {
            Store(worker, segment);
        }
        else if (segment.BodyEnd <= segment.Position && !segment.IsFinished)
        {
            segment.BodyEnd = End(segment);
        }
        else if (Math.Min(End(segment), segment.BodyEnd) - segment.Position is > 0 and var room)
        {
            worker.Read = (int)Math.Min(room, amount + 1);
        }
        else
        {
            GiveBack(worker);
        }
    }

    private void Take(Worker worker, long wanted)
    {
        var hadWork = _plan.HasWork(splits: true);
        var begun = _workers.Select(other => other.Segment).OfType<Segment>().Where(segment => !segment.IsFinished && segment.Position > _plan.Blocks.Start(segment.Current)).ToArray();
        worker.Segment = _plan.TryTake(wanted, splits: true);
        Assert.Equal(hadWork, worker.Segment is not null);
        Assert.All(begun, segment => Assert.False(segment.IsFinished, "A block was taken from one who has begun it."));
        if (worker.Segment is not null)
        {
            _waiting.Remove(worker.Segment);
        }
    }

    // Another may have taken the rest while it read; what is taken while it writes, both may write.
    private void Store(Worker worker, Segment segment)
    {
        var count = (int)Math.Clamp(End(segment) - segment.Position, 0, worker.Read);
        worker.Read = 0;
        worker.Stored = count;
        worker.EndBefore = segment.End;
        if (count > 0)
        {
            AssertNobodyElseWrites(worker, segment.Position, segment.Position + count);
            _file.AsSpan((int)segment.Position, count).CopyTo(_disk.AsSpan((int)segment.Position));
        }
    }

    private void Note(Worker worker, Segment segment)
    {
        while (worker.Stored > 0)
        {
            var end = _plan.Blocks.End(segment.Current);
            var count = (int)Math.Min(worker.Stored, end - segment.Position);
            segment.Append(_file.AsSpan((int)segment.Position, count));
            worker.Stored -= count;
            if (segment.Position == end)
            {
                _written.Add(segment.Current);
                _plan.Complete(segment);
            }
        }
    }

    // Bytes that were read, or written and not recorded, are lost.
    private void GiveBack(Worker worker)
    {
        if (worker.Segment is { } segment)
        {
            (worker.Segment, worker.Read, worker.Stored) = (null, 0, 0);
            _plan.Return(segment);
            if (!segment.IsFinished && segment.Position > _plan.Blocks.Start(segment.Current))
            {
                _waiting.Add(segment);
            }
        }
    }

    private long End(Segment segment) => _plan.Blocks.EndOf(segment);

    private void AssertNobodyElseWrites(Worker me, long start, long end)
    {
        foreach (var other in _workers.Where(other => other != me && other.Stored > 0 && other.Segment!.End >= other.EndBefore))
        {
            Assert.False(other.Segment!.Position < end && start < other.Segment.Position + other.Stored, "Two write the same bytes, and neither took them from the other.");
        }
    }

    /// <summary>A block that is not done is available or has exactly one owner.</summary>
    private void AssertOneOwnerEach()
    {
        var owners = new int[_plan.Blocks.Count];
        foreach (var segment in _workers.Select(worker => worker.Segment).OfType<Segment>().Concat(_waiting))
        {
            for (var index = segment.Current; index < segment.End; index++)
            {
                owners[index]++;
            }
        }

        var (states, _) = Said();
        for (var index = 0; index < states.Length; index++)
        {
            Assert.True(owners[index] <= 1, $"Block {index} has {owners[index]} owners.");
            Assert.True(states[index] == BlockState.Done || owners[index] == (states[index] == BlockState.Taken ? 1 : 0), $"Block {index} is {states[index]} and has {owners[index]} owners.");
        }
    }

    private void AssertDoneIsWhatIsWritten()
    {
        var (states, checksums) = Said();
        for (var index = 0; index < states.Length; index++)
        {
            Assert.Equal(_written.Contains(index), states[index] == BlockState.Done);
            if (states[index] == BlockState.Done)
            {
                var range = (int)_plan.Blocks.Start(index)..(int)_plan.Blocks.End(index);
                Assert.True(_file.AsSpan(range).SequenceEqual(_disk.AsSpan(range)), $"Block {index} is called done and is not.");
                Assert.Equal(XxHash3.HashToUInt64(_file.AsSpan(range)), checksums[index]);
            }
        }

        Assert.Equal(_written.Count == states.Length, _plan.IsComplete);
        Assert.Equal(_written.Sum(index => _plan.Blocks.End(index) - _plan.Blocks.Start(index)), _plan.BytesDone);
        var frontier = (int)_plan.ContiguousBytes;
        Assert.InRange(frontier, _plan.FrontierBytes, _file.Length);
        Assert.True(_file.AsSpan(0, frontier).SequenceEqual(_disk.AsSpan(0, frontier)), "What is called contiguous is not there.");
    }

    private (BlockState[] States, ulong[] Checksums) Said()
    {
        var states = new BlockState[_plan.Blocks.Count];
        var checksums = new ulong[states.Length];
        _plan.CopyTo(states, checksums);
        return (states, checksums);
    }

    /// <summary>What it has: a segment; bytes that it has read; bytes that are on the disk and not noted yet.</summary>
    private sealed class Worker
    {
        public Segment? Segment { get; set; }

        public int Read { get; set; }

        public int Stored { get; set; }

        public int EndBefore { get; set; }
    }
}
