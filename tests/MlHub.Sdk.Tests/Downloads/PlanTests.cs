using FsCheck.Xunit;
using MlHub.Sdk.Downloads.Planning;

namespace MlHub.Sdk.Tests.Downloads;

public sealed class PlanTests
{
    /// <summary>
    /// Several workers take, write, give back, steal and are killed in any order; after each kill the plan is made again from what the journal
    /// says, and the disk may have spoilt. Whatever is called done is on disk and right, and in the end all is.
    /// </summary>
    [Property(MaxTest = 300, EndSize = 400)]
    public void Blocks_marked_as_done_are_on_disk_and_correct((byte What, byte Amount)[] steps, int seed)
    {
        // FsCheck's bytes are of any value, its wider numbers small: no block would ever be filled.
        var lives = new PlanLives(seed);
        foreach (var (what, amount) in steps)
        {
            lives.Step(what, amount * 257);
        }

        lives.Finish();
    }

    [Fact]
    public void An_idle_worker_takes_half_of_the_remaining_range_of_another()
    {
        var plan = new Plan(new Blocks(64 << 20, 64 << 10), TimeProvider.System);
        var first = plan.TryTake(long.MaxValue, splits: true)!;

        var second = plan.TryTake(long.MaxValue, splits: true)!;

        Assert.Equal(first.End, second.Current);
        Assert.InRange(first.End, 500, 524);
        Assert.Equal(1024, second.End);
    }

    [Theory]
    [InlineData(300, 2, false)]
    [InlineData(300, 7, true)]
    [InlineData(600, 2, true)]
    [InlineData(1800, 2, false)]
    public void A_small_remaining_range_stays_with_its_connection_unless_that_is_much_slower(int kibibytesLeft, int secondsToFinish, bool isTaken)
    {
        const int Block = 4096;
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        var plan = new Plan(new Blocks(2 << 20, Block), time);
        var first = plan.TryTake(long.MaxValue, splits: true)!;
        while ((2 << 20) - first.Position > kibibytesLeft * 1024)
        {
            Append(first, Block);
            plan.Complete(first);
        }

        time.Advance(TimeSpan.FromSeconds((double)secondsToFinish * (2048 - kibibytesLeft) / kibibytesLeft));

        Assert.Equal(isTaken, plan.HasWork(splits: true));
        Assert.Equal(isTaken, plan.TryTake(long.MaxValue, splits: true) is not null);
    }

    [Fact]
    public void A_segment_that_waits_for_its_response_is_not_split()
    {
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        var plan = new Plan(new Blocks(2 << 20, 4096), time);
        _ = plan.TryTake(long.MaxValue, splits: true)!;

        time.Advance(TimeSpan.FromSeconds(4));

        Assert.Null(plan.TryTake(long.MaxValue, splits: true));
    }

    [Fact]
    public void A_corrupt_block_is_assigned_again()
    {
        var blocks = Blocks.For(100_000);
        var states = Enumerable.Repeat(BlockState.Recorded, blocks.Count).ToArray();
        var plan = new Plan(blocks, states, new ulong[blocks.Count], TimeProvider.System);
        Assert.Null(plan.TryTake(long.MaxValue, splits: true));

        plan.Decide(7, isRight: false);

        Assert.Equal(7, plan.TryTake(long.MaxValue, splits: true)?.Current);
    }

    [Fact]
    public void The_segment_of_a_connection_without_a_response_is_reassigned()
    {
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        var plan = new Plan(Blocks.For(8192), time);
        var silent = plan.TryTake(8192, splits: true)!;
        Assert.Null(plan.TryTake(8192, splits: true));

        time.Advance(TimeSpan.FromSeconds(6));
        var taken = plan.TryTake(8192, splits: true)!;
        plan.Return(silent);

        Assert.Equal(0, taken.Position);
        Assert.Equal(2, taken.End);
        Assert.Null(plan.TryTake(8192, splits: true));
    }

    [Fact]
    public void A_segment_that_others_took_during_a_wait_is_not_started()
    {
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        var plan = new Plan(Blocks.For(8192), time);
        var waiting = plan.TryTake(8192, splits: true)!;
        time.Advance(TimeSpan.FromSeconds(6));
        var taken = plan.TryTake(8192, splits: true)!;

        Assert.False(plan.TryBegin(waiting));
        Assert.True(plan.TryBegin(taken));
    }

    [Fact]
    public void A_segment_that_started_after_a_long_wait_does_not_count_as_slow()
    {
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        var plan = new Plan(Blocks.For(8192), time);
        var waiting = plan.TryTake(8192, splits: true)!;
        time.Advance(TimeSpan.FromSeconds(6));

        Assert.True(plan.TryBegin(waiting));
        Assert.Null(plan.TryTake(8192, splits: true));
    }

    [Fact]
    public void A_body_continues_after_blocks_of_others_and_waits_for_blocks_in_progress()
    {
        const int Block = 4096;
        var plan = new Plan(new Blocks(4 * Block, Block), TimeProvider.System);
        var (first, second, third) = (plan.TryTake(Block, splits: false)!, plan.TryTake(Block, splits: false)!, plan.TryTake(Block, splits: false)!);
        Append(first, Block);
        plan.Complete(first);
        plan.Return(first);

        Assert.Null(plan.TryTakeNext(Block, 4 * Block));
        Append(second, Block);
        plan.Complete(second);
        plan.Return(second);
        Append(third, Block - 1);
        plan.Return(third);
        var next = plan.TryTakeNext(Block, 4 * Block)!;

        Assert.Equal((2, (3 * Block) - 1, 4 * Block), (next.Current, next.Position, next.BodyEnd));
    }

    private static void Append(Segment segment, int count) => segment.Append(new byte[count]);
}
