using System.Buffers;
using System.IO.Hashing;
using MlHub.Sdk.Downloads.Identity;
using MlHub.Sdk.Downloads.Planning;
using MlHub.Sdk.Downloads.Resume;

namespace MlHub.Sdk.Tests.Downloads;

/// <summary>One file over several lives of the process that fetches it: from one to the next there are the disk, which may spoil, and the journal.</summary>
internal sealed class PlanLives
{
    private readonly byte[] _file;
    private readonly byte[] _disk;
    private readonly List<Segment> _segments = [];
    private Plan _plan;

    public PlanLives(int seed)
    {
        var random = new Random(seed);
        _file = new byte[random.Next(1, 200_000)];
        random.NextBytes(_file);
        _disk = new byte[_file.Length];
        _plan = new Plan(Blocks.For(_file.Length), TimeProvider.System);
    }

    /// <summary>
    /// A worker takes a segment, fails, or is interrupted during a write; a block is verified; the process ends; or, in most cases, bytes arrive.
    /// </summary>
    public void Step(byte what, int amount)
    {
        var segment = _segments.Count == 0 ? null : _segments[amount % _segments.Count];
        switch (what % 16)
        {
            case 0 or 1 or 2 when _plan.TryTake(amount * 8L, splits: true) is { } taken:
                _segments.Add(taken);
                break;
            case 3 when segment is not null:
                _segments.Remove(segment);
                _plan.Return(segment);
                break;
            case 4 when segment is { IsFinished: false }:
                Store(segment.Position, (int)Math.Min(amount, _plan.Blocks.End(segment.Current) - segment.Position));
                break;
            case 5 or 6 or 7 when _plan.Recorded() is { Length: > 0 } recorded:
                Judge(recorded[amount % recorded.Length]);
                break;
            case 8:
                Die(amount);
                break;
            default:
                Fetch(segment, amount);
                break;
        }

        AssertDoneIsRight();
    }

    /// <summary>Nothing fails any more, so the whole file must be downloaded.</summary>
    public void Finish()
    {
        Array.ForEach(_plan.Recorded(), Judge);
        _segments.ForEach(_plan.Return);
        while (_plan.TryTake(long.MaxValue, splits: true) is { } segment)
        {
            Fetch(segment, int.MaxValue);
            _plan.Return(segment);
        }

        AssertDoneIsRight();
        Assert.True(_plan.IsComplete);
        Assert.Equal(_file.Length, _plan.FrontierBytes);
        Assert.Equal(_file.Length, _plan.BytesDone);
        Assert.True(_file.AsSpan().SequenceEqual(_disk), "The file is not what was fetched.");
    }

    // Written, and not recorded yet.
    private void Store(long position, int count) => _file.AsSpan((int)position, count).CopyTo(_disk.AsSpan((int)position));

    private void Fetch(Segment? segment, int most)
    {
        while (most > 0 && segment is { IsFinished: false })
        {
            var end = _plan.Blocks.End(segment.Current);
            var count = (int)Math.Min(most, end - segment.Position);
            Store(segment.Position, count);
            segment.Append(_file.AsSpan((int)segment.Position, count));
            most -= count;
            if (segment.Position == end)
            {
                _plan.Complete(segment);
            }
        }
    }

    private void Judge(int index)
    {
        var isRight = XxHash3.HashToUInt64(_disk.AsSpan(Range(index))) == _plan.RecordedChecksum(index);
        Assert.Equal(IsThere(index), isRight);
        _plan.Decide(index, isRight);
        Assert.Equal(isRight ? BlockState.Done : BlockState.Missing, Said().States[index]);
    }

    /// <summary>The workers are gone, some of the disk is not as it was, and all else is what the journal says.</summary>
    private void Die(int chance)
    {
        var (before, checksums) = Said();
        var journal = WriteAndRead(before, checksums);
        _segments.Clear();
        _plan = new Plan(journal.Blocks, journal.States, journal.Checksums, TimeProvider.System);
        Assert.Equal(before.Select(state => state >= BlockState.Recorded), Said().States.Select(state => state == BlockState.Recorded));
        foreach (var index in Enumerable.Range(0, before.Length).Where(index => (index + chance) % 7 == 0))
        {
            Spoil(index, chance);
        }
    }

    private void Spoil(int index, int where) => _disk[_plan.Blocks.Start(index) + (where % (_plan.Blocks.End(index) - _plan.Blocks.Start(index)))] ^= 1;

    private ResumeState WriteAndRead(BlockState[] states, ulong[] checksums)
    {
        var output = new ArrayBufferWriter<byte>();
        JournalFormat.Write(output, new ResumeState
        {
            Identity = new FileIdentity { Url = "https://example.org/data.bin", Length = _file.Length },
            Digests = [],
            Blocks = _plan.Blocks,
            States = states,
            Checksums = checksums,
        });
        return JournalFormat.Read(output.WrittenSpan)!;
    }

    private void AssertDoneIsRight()
    {
        var (states, checksums) = Said();
        for (var index = 0; index < states.Length; index++)
        {
            if (states[index] == BlockState.Done)
            {
                Assert.True(IsThere(index), $"Block {index} is called done and is not.");
                Assert.Equal(XxHash3.HashToUInt64(_file.AsSpan(Range(index))), checksums[index]);
            }
        }
    }

    private bool IsThere(int index) => _file.AsSpan(Range(index)).SequenceEqual(_disk.AsSpan(Range(index)));

    private Range Range(int index) => (int)_plan.Blocks.Start(index)..(int)_plan.Blocks.End(index);

    private (BlockState[] States, ulong[] Checksums) Said()
    {
        var states = new BlockState[_plan.Blocks.Count];
        var checksums = new ulong[states.Length];
        _plan.CopyTo(states, checksums);
        return (states, checksums);
    }
}
