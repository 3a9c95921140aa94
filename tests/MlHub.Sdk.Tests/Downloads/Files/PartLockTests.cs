using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.Versioning;
using MlHub.Sdk.Downloads.Files;

namespace MlHub.Sdk.Tests.Downloads.Files;

public sealed class PartLockTests : FilesTest
{
    // No process has this id.
    private const int NoProcess = 0x3FFFFFF;

    [Fact]
    public void The_lock_has_one_owner_and_is_removed_afterwards()
    {
        using (var held = Take())
        {
            Assert.True(held.IsHeld());
            Assert.Null(PartFile.TryTake(Target, Watch, out var holder));
            Assert.Contains(Environment.ProcessId.ToString(CultureInfo.InvariantCulture), holder, StringComparison.Ordinal);
        }

        Assert.False(File.Exists(Target.LockPath));
        using var again = Take();
        Assert.True(again.IsHeld());
    }

    [UnixFact("the system itself removes the file, and refuses it to all while it does")]
    public async Task Simultaneous_attempts_get_the_lock_or_the_name_of_its_owner()
    {
        const string SomeProcess = "another process";
        var (taken, refused, inside, together) = (0, 0, 0, 0);
        var holders = new ConcurrentDictionary<string, bool>();

        // Dedicated threads, because a busy thread pool would run the attempts one after the other.
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Factory.StartNew(ComeAndGoOften, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));

        void ComeAndGoOften()
        {
            for (var round = 0; round < 500; round++)
            {
                ComeAndGo();
            }
        }

        void ComeAndGo()
        {
            using var held = PartFile.TryTake(Target, Watch, out var holder);
            if (held is null)
            {
                Interlocked.Increment(ref refused);
                _ = holder is null || holders.TryAdd(holder, true);
                return;
            }

            Interlocked.Add(ref together, Interlocked.Increment(ref inside) > 1 ? 1 : 0);
            if (Interlocked.Increment(ref taken) == 1)
            {
                // The first keeps the lock until another has tried.
                SpinWait.SpinUntil(() => Volatile.Read(ref refused) > 0, TimeSpan.FromSeconds(30));
            }

            Thread.SpinWait(2000);
            Interlocked.Decrement(ref inside);
        }

        Assert.True(taken > 0 && refused > 0, $"The lock was given {taken} times and refused {refused} times.");
        Assert.Equal(0, together);
        Assert.All(holders.Keys, holder => Assert.Contains(holder, new[] { LockOwner.Me().Name, SomeProcess }));
        Assert.False(File.Exists(Target.LockPath));
    }

    [LinuxFact("the command flock")]
    public async Task A_dead_owners_lock_is_not_taken_over_while_another_process_holds_the_system_lock()
    {
        File.WriteAllText(Target.LockPath, (LockOwner.Me() with { ProcessId = NoProcess }).ToText());
        var start = new ProcessStartInfo("flock", [Target.LockPath, "sh", "-c", "echo locked; cat"]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        using (var other = Process.Start(start)!)
        {
            Assert.Equal("locked", await other.StandardOutput.ReadLineAsync());

            Assert.Null(PartFile.TryTake(Target, Watch, out var holder));
            Assert.Contains(NoProcess.ToString(CultureInfo.InvariantCulture), holder, StringComparison.Ordinal);

            other.StandardInput.Close();
            await other.WaitForExitAsync();
        }

        using var taken = Take();
        Assert.True(taken.IsHeld());
    }

    [LinuxFact("the command flock")]
    public async Task Another_process_cannot_get_the_system_lock_while_it_is_held()
    {
        using var held = Take();
        using var other = Process.Start("flock", ["--nonblock", Target.LockPath, "true"]);
        await other.WaitForExitAsync();

        Assert.Equal(1, other.ExitCode);
    }

    [Fact]
    public void The_lock_of_a_dead_process_is_taken_over()
    {
        File.WriteAllText(Target.LockPath, (LockOwner.Me() with { ProcessId = NoProcess }).ToText());

        using var taken = Take();

        Assert.True(taken.IsHeld());
    }

    [Fact]
    public void The_lock_of_a_process_whose_id_was_reused_is_taken_over()
    {
        var me = LockOwner.Me();
        File.WriteAllText(Target.LockPath, (me with { StartedAt = me.StartedAt / 2 }).ToText());

        using var taken = Take();

        Assert.True(taken.IsHeld());
    }

    [Fact]
    public void The_lock_of_a_running_owner_is_respected_even_if_the_system_lock_does_not_work()
    {
        // No process holds the system's lock on this file, as on a network file system that grants it to everyone.
        File.WriteAllText(Target.LockPath, LockOwner.Me().ToText());

        Assert.Null(PartFile.TryTake(Target, Watch, out _));
    }

    [Fact]
    public void An_owner_on_another_host_counts_as_dead_if_its_lock_is_not_renewed_for_two_minutes()
    {
        File.WriteAllText(Target.LockPath, (LockOwner.Me() with { Host = "elsewhere" }).ToText());
        Assert.Null(PartFile.TryTake(Target, Watch, out var holder));
        Assert.Contains("elsewhere", holder, StringComparison.Ordinal);

        Time.Advance(TimeSpan.FromSeconds(110));
        File.SetLastWriteTimeUtc(Target.LockPath, DateTime.UtcNow.AddSeconds(-10));
        Assert.Null(PartFile.TryTake(Target, Watch, out _));
        Time.Advance(TimeSpan.FromSeconds(110));
        Assert.Null(PartFile.TryTake(Target, Watch, out _));
        Time.Advance(TimeSpan.FromSeconds(11));

        using var taken = Take();
        Assert.True(taken.IsHeld());
    }

    [Fact]
    public void A_lock_file_truncated_by_a_kill_is_taken_over_after_two_seconds()
    {
        File.WriteAllText(Target.LockPath, "mlhub-lock 1\n");

        // The clock of a file server may be an hour behind.
        File.SetLastWriteTimeUtc(Target.LockPath, DateTime.UtcNow.AddHours(-1));
        Assert.Null(PartFile.TryTake(Target, Watch, out var holder));
        Assert.Null(holder);

        Time.Advance(TimeSpan.FromSeconds(3));

        using var taken = Take();
        Assert.True(taken.IsHeld());
    }

    [PermissionsFact]
    [UnsupportedOSPlatform("windows")]
    public void The_lock_of_a_dead_process_of_another_user_is_reported()
    {
        File.WriteAllText(Target.LockPath, (LockOwner.Me() with { ProcessId = NoProcess }).ToText());
        File.SetUnixFileMode(Target.LockPath, UnixFileMode.UserRead);

        var error = Assert.Throws<DownloadException>(() => PartFile.TryTake(Target, Watch, out _));

        Assert.Equal(DownloadFailure.Locked, error.Reason);
        Assert.Contains("belongs to another user", error.Message, StringComparison.Ordinal);
    }

    [LinuxFact("the boot id")]
    public void Hosts_with_the_same_name_are_distinguished_by_their_boot()
    {
        var boot = File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();
        var me = LockOwner.Me();
        Assert.Contains(boot, me.Host, StringComparison.Ordinal);
        File.WriteAllText(Target.LockPath, (me with { ProcessId = NoProcess, Host = me.Host.Replace(boot, Guid.NewGuid().ToString(), StringComparison.Ordinal) }).ToText());

        Assert.Null(PartFile.TryTake(Target, Watch, out _));
    }

    [UnixFact("what is open cannot be removed")]
    public void An_owner_that_lost_its_lock_publishes_and_removes_nothing()
    {
        using var part = TakeAndWrite([1, 2, 3]);
        part.WriteJournal([4]);
        File.Delete(Target.LockPath);
        using var other = Take();

        Assert.False(part.IsHeld());
        foreach (var act in (Action[])[part.DiscardJournal, () => part.Publish(replaces: true, compared: null, flush: false, CancellationToken.None), part.Discard])
        {
            Assert.Equal(DownloadFailure.Locked, Assert.Throws<DownloadException>(act).Reason);
        }

        Assert.True(File.Exists(Target.PartPath) && File.Exists(Target.JournalPath));
        Assert.False(File.Exists(Target.FinalPath));
        part.Dispose();
        Assert.True(other.IsHeld(), "The lock of the other owner was removed.");
    }
}
