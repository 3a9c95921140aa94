using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Extensions.Time.Testing;
using MlHub.Sdk.Downloads.Files;

namespace MlHub.Sdk.Tests.Downloads;

public sealed class LockTests : DownloadTest
{
    private readonly FakeTimeProvider _time = new();
    private readonly SilenceWatch _watch;

    public LockTests() => _watch = new SilenceWatch(_time);

    private string LockPath => Final + ".mlhub-lock";

    [Fact]
    public async Task Ten_downloads_of_the_same_file_download_it_once()
    {
        var downloaders = Enumerable.Range(0, 10).Select(_ => NewDownloader()).ToArray();

        var results = await Task.WhenAll(downloaders.Select(downloader => downloader.DownloadAsync(Request)));

        Assert.Equal(9, results.Count(result => result.Skipped));
        Assert.All(results, result => Assert.Equal(0, result.Restarts));
        await AssertWholeAsync(results[0]);
    }

    [Fact]
    public async Task A_locked_file_fails_immediately_with_IfLocked_Fail()
    {
        using var held = LockFile.TryTake(LockPath, _watch, out _);

        var error = await Assert.ThrowsAsync<DownloadException>(() => DownloadAsync(Request with { Options = new() { IfLocked = IfLocked.Fail }, FileName = "data.bin" }));

        Assert.Equal(DownloadFailure.Locked, error.Reason);
        Assert.Contains(Environment.ProcessId.ToString(CultureInfo.InvariantCulture), error.Message, StringComparison.Ordinal);
        Assert.Empty(Server.Requests);
    }

    [UnixTheory("what is open cannot be removed")]
    [InlineData(10_000)]
    [InlineData(Size)]
    public async Task No_file_is_published_if_the_lock_was_lost(int size)
    {
        Remote.Bytes = Remote.Bytes[..size];
        Remote.Twist = (_, answer) =>
        {
            File.Delete(LockPath);
            return answer;
        };

        var error = await Assert.ThrowsAsync<DownloadException>(() => DownloadAsync(Request with { FileName = "data.bin" }));

        Assert.Equal(DownloadFailure.Locked, error.Reason);
        Assert.False(File.Exists(Final));
    }

    [UnixFact("what is open cannot be removed")]
    public async Task Files_are_not_removed_without_the_lock_if_the_remote_file_changes()
    {
        Remote.CutAfter = Size / 2;
        Remote.Twist = (request, answer) =>
        {
            if (request.Number == 1)
            {
                return answer;
            }

            // Another process removes the lock, which it must not do, and starts its own part file.
            File.Delete(LockPath);
            File.Delete(Part);
            File.WriteAllText(Part, "theirs");
            Remote.ETag = "\"v2\"";
            return Remote.Answer(new ScriptedRequest(request.Path, request.Headers, 1));
        };

        var error = await Assert.ThrowsAsync<DownloadException>(() => DownloadAsync(Request with { Options = new() { Connections = 1 }, FileName = "data.bin" }));

        Assert.Equal(DownloadFailure.Locked, error.Reason);
        Assert.Equal("theirs", await File.ReadAllTextAsync(Part));
    }

    [Fact]
    public void A_lock_has_one_owner_and_is_removed_afterwards()
    {
        using (var held = LockFile.TryTake(LockPath, _watch, out _))
        {
            Assert.True(held?.IsHeld());
            Assert.Null(LockFile.TryTake(LockPath, _watch, out var holder));
            Assert.Contains(Environment.ProcessId.ToString(CultureInfo.InvariantCulture), holder, StringComparison.Ordinal);
        }

        Assert.False(File.Exists(LockPath));
        using var again = LockFile.TryTake(LockPath, _watch, out _);
        Assert.NotNull(again);
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
            using var held = LockFile.TryTake(LockPath, _watch, out var holder);
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
        Assert.False(File.Exists(LockPath));
    }

    [Fact]
    public void The_lock_of_a_dead_process_is_taken_over()
    {
        File.WriteAllText(LockPath, (LockOwner.Me() with { ProcessId = 0x3FFFFFF }).ToText());

        using var taken = LockFile.TryTake(LockPath, _watch, out _);

        Assert.True(taken?.IsHeld());
    }

    [Fact]
    public void The_lock_of_a_process_with_a_reused_id_is_taken_over()
    {
        var me = LockOwner.Me();
        File.WriteAllText(LockPath, (me with { StartedAt = me.StartedAt - 1000 }).ToText());

        using var taken = LockFile.TryTake(LockPath, _watch, out _);

        Assert.NotNull(taken);
    }

    [Fact]
    public void The_lock_of_a_running_owner_is_respected_if_the_system_lock_does_not_work()
    {
        // No process holds the system's lock on this file, as on a network file system that grants it to everyone.
        File.WriteAllText(LockPath, LockOwner.Me().ToText());

        Assert.Null(LockFile.TryTake(LockPath, _watch, out _));
    }

    [Fact]
    public void The_owner_on_another_host_counts_as_dead_if_its_lock_is_not_renewed_for_two_minutes()
    {
        File.WriteAllText(LockPath, (LockOwner.Me() with { Host = "elsewhere" }).ToText());
        Assert.Null(LockFile.TryTake(LockPath, _watch, out var holder));
        Assert.Contains("elsewhere", holder, StringComparison.Ordinal);

        _time.Advance(TimeSpan.FromSeconds(110));
        File.SetLastWriteTimeUtc(LockPath, DateTime.UtcNow.AddSeconds(-10));
        Assert.Null(LockFile.TryTake(LockPath, _watch, out _));
        _time.Advance(TimeSpan.FromSeconds(110));
        Assert.Null(LockFile.TryTake(LockPath, _watch, out _));
        _time.Advance(TimeSpan.FromSeconds(11));

        using var taken = LockFile.TryTake(LockPath, _watch, out _);
        Assert.NotNull(taken);
    }

    [Theory]
    [InlineData(-3600)]
    [InlineData(3600)]
    public async Task The_clock_of_another_host_is_not_used(int seconds)
    {
        await File.WriteAllTextAsync(LockPath, (LockOwner.Me() with { Host = "elsewhere" }).ToText());
        File.SetLastWriteTimeUtc(LockPath, DateTime.UtcNow.AddSeconds(seconds));

        var error = await Assert.ThrowsAsync<DownloadException>(() => DownloadAsync(Request with { Options = new() { IfLocked = IfLocked.Fail }, FileName = "data.bin" }));

        Assert.Equal(DownloadFailure.Locked, error.Reason);
        Assert.Contains("elsewhere", error.Message, StringComparison.Ordinal);
    }

    [LinuxFact("the number of its start")]
    public void Hosts_with_the_same_name_are_distinguished_by_their_boot_id()
    {
        var boot = File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();
        var me = LockOwner.Me();
        Assert.Contains(boot, me.Host, StringComparison.Ordinal);

        // An id that no process has here.
        File.WriteAllText(LockPath, (me with { ProcessId = 0x3FFFFFF, Host = me.Host.Replace(boot, Guid.NewGuid().ToString(), StringComparison.Ordinal) }).ToText());

        Assert.Null(LockFile.TryTake(LockPath, _watch, out _));
    }

    [Fact]
    public void A_lock_file_truncated_by_a_kill_is_taken_over_after_a_short_wait()
    {
        File.WriteAllText(LockPath, "mlhub-lock 1\n");

        // The clock of a file server may be an hour behind.
        File.SetLastWriteTimeUtc(LockPath, DateTime.UtcNow.AddHours(-1));
        Assert.Null(LockFile.TryTake(LockPath, _watch, out _));

        _time.Advance(TimeSpan.FromSeconds(3));

        using var taken = LockFile.TryTake(LockPath, _watch, out _);
        Assert.NotNull(taken);
    }
}
