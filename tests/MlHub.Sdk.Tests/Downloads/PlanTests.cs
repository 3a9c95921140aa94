using System.IO.Hashing;
using FsCheck.Xunit;
using MlHub.Sdk.Downloads.Planning;

namespace MlHub.Sdk.Tests.Downloads;

public sealed class PlanTests
{
    /// <summary>
    /// Several workers take, write, give back, steal and are killed in any order; after each kill the plan is made again from what a
    /// journal would say. Whatever is called done is on disk and right, and in the end all is.
    /// </summary>
    [Property(MaxTest = 300)]
    public void Whatever_is_called_done_is_on_disk_and_right(byte[] steps, int seed)
    {
        var file = new byte[new Random(seed).Next(1, 200_000)];
        new Random(seed).NextBytes(file);
        var disk = new byte[file.Length];
        var granules = Granules.For(file.Length);
        var plan = new Plan(granules, TimeProvider.System);
        var leases = new List<Lease>();
        foreach (var step in steps)
        {
            plan = Step(plan, step, leases, file, disk);
            AssertDoneIsRight(plan, file, disk);
        }

        leases.ForEach(plan.Return);
        while (plan.TryTake(long.MaxValue) is { } lease)
        {
            Fetch(plan, lease, file, disk, int.MaxValue);
            plan.Return(lease);
        }

        Assert.True(plan.IsComplete);
        Assert.Equal(file.Length, plan.FrontierBytes);
        Assert.Equal(file.Length, plan.BytesDone);
        Assert.True(file.AsSpan().SequenceEqual(disk));
    }

    [Fact]
    public void An_idle_worker_takes_half_of_what_another_has_left()
    {
        var plan = new Plan(new Granules(64 << 20, 64 << 10), TimeProvider.System);
        var first = plan.TryTake(long.MaxValue)!;

        var second = plan.TryTake(long.MaxValue)!;

        Assert.Equal(first.End, second.Current);
        Assert.InRange(first.End, 500, 524);
        Assert.Equal(1024, second.End);
    }

    [Fact]
    public void A_spoilt_granule_is_handed_out_again()
    {
        var granules = Granules.For(100_000);
        var states = Enumerable.Repeat(GranuleState.Recorded, granules.Count).ToArray();
        var plan = new Plan(granules, states, new ulong[granules.Count], TimeProvider.System);
        Assert.Null(plan.TryTake(long.MaxValue));

        plan.Judge(7, isRight: false);

        Assert.Equal(7, plan.TryTake(long.MaxValue)?.Current);
    }

    [Fact]
    public void What_a_connection_that_never_answers_was_to_fetch_goes_to_one_that_does()
    {
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        var plan = new Plan(Granules.For(8192), time);
        var silent = plan.TryTake(8192)!;
        Assert.Null(plan.TryTake(8192));

        time.Advance(TimeSpan.FromSeconds(6));
        var taken = plan.TryTake(8192)!;
        plan.Return(silent);

        Assert.Equal(0, taken.Position);
        Assert.Equal(2, taken.End);
        Assert.Null(plan.TryTake(8192));
    }

    private static Plan Step(Plan plan, byte step, List<Lease> leases, byte[] file, byte[] disk)
    {
        var lease = leases.Count == 0 ? null : leases[step % leases.Count];
        switch (step % 5)
        {
            case 0 when plan.TryTake(step * 1000L) is { } taken:
                leases.Add(taken);
                return plan;
            case 1 when lease is not null:
                leases.Remove(lease);
                plan.Return(lease);
                return plan;
            case 2 when step > 250:
                leases.Clear();
                return Reload(plan, disk);
            default:
                if (lease is not null)
                {
                    Fetch(plan, lease, file, disk, step * 37);
                }

                return plan;
        }
    }

    private static void Fetch(Plan plan, Lease lease, byte[] file, byte[] disk, int most)
    {
        while (most > 0 && !lease.IsFinished)
        {
            var end = plan.Granules.End(lease.Current);
            var count = (int)Math.Min(most, end - lease.Position);
            var bytes = file.AsSpan((int)lease.Position, count);
            bytes.CopyTo(disk.AsSpan((int)lease.Position));
            lease.Append(bytes);
            most -= count;
            if (lease.Position == end)
            {
                plan.Complete(lease);
            }
        }
    }

    private static Plan Reload(Plan plan, byte[] disk)
    {
        var states = new GranuleState[plan.Granules.Count];
        var checksums = new ulong[states.Length];
        plan.CopyTo(states, checksums);
        states = [.. states.Select(state => state >= GranuleState.Recorded ? GranuleState.Recorded : GranuleState.Missing)];
        var reloaded = new Plan(plan.Granules, states, checksums, TimeProvider.System);
        foreach (var index in reloaded.Recorded())
        {
            var bytes = disk.AsSpan((int)plan.Granules.Start(index), (int)(plan.Granules.End(index) - plan.Granules.Start(index)));
            reloaded.Judge(index, XxHash3.HashToUInt64(bytes) == reloaded.RecordedChecksum(index));
        }

        return reloaded;
    }

    private static void AssertDoneIsRight(Plan plan, byte[] file, byte[] disk)
    {
        var states = new GranuleState[plan.Granules.Count];
        var checksums = new ulong[states.Length];
        plan.CopyTo(states, checksums);
        for (var index = 0; index < states.Length; index++)
        {
            if (states[index] == GranuleState.Done)
            {
                var range = (int)plan.Granules.Start(index)..(int)plan.Granules.End(index);
                Assert.True(file.AsSpan(range).SequenceEqual(disk.AsSpan(range)), $"Granule {index} is called done and is not.");
                Assert.Equal(XxHash3.HashToUInt64(file.AsSpan(range)), checksums[index]);
            }
        }
    }
}
