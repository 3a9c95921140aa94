using System.Collections.Concurrent;
using FsCheck.Xunit;
using Microsoft.Extensions.Time.Testing;
using MlHub.Sdk.Downloads.Pacing;

namespace MlHub.Sdk.Tests.Downloads;

/// <summary>The rounds in which the connections of one download send requests, and the failures that are counted.</summary>
public sealed class RetriesTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Millisecond = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan MaxPendingTime = TimeSpan.FromSeconds(2);
    private static readonly Uri Url = new("http://data.example.test/data.bin");
    private static readonly Fault Passing = new(FaultKind.Passing, "The connection broke.", Url);

    private readonly TransferOptions _options = new() { RetryBaseDelay = TimeSpan.FromSeconds(10), RetryMaxDelay = TimeSpan.FromSeconds(10) };
    private readonly NotedTimers _time = new();
    private readonly ConcurrentQueue<TimeSpan> _delays = new();
    private readonly Lazy<Retries> _made;

    public RetriesTests() => _made = new(() => new Retries(_options, _time, (_, delay) => _delays.Enqueue(delay)));

    private Retries Retries => _made.Value;

    public void Dispose() => _made.Value.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Failures_of_one_round_count_as_one_in_any_order(bool lastFirst)
    {
        var rounds = await AskAsync(8);

        FailAll(lastFirst ? rounds.Reverse() : rounds);
        Assert.Equal(1, Retries.Total);
        rounds = await NextRoundAsync(8);
        FailAll(lastFirst ? rounds.Reverse() : rounds);

        Assert.Equal(2, Retries.Total);
    }

    [Fact]
    public async Task A_late_failure_is_not_counted_if_the_next_round_has_begun()
    {
        var rounds = await AskAsync(2);
        Retries.Failed(rounds[0], Passing);
        await NextRoundAsync(1, stragglersToo: true);

        Retries.Failed(rounds[1], Passing);

        Assert.Equal(1, Retries.Total);
        Assert.False(Retries.IsWaiting);
    }

    // Between the end of the wait and the beginning of its request, a task can stand still for as long as a busy machine likes. Here the round's failure
    // comes in between. It is the same failure, though the task begins to ask only after it.
    [Fact]
    public async Task A_task_that_resumes_late_belongs_to_the_round_that_it_waited_for()
    {
        FailAll(await AskAsync(1));
        var waiting = Retries.AskAsync(default).AsTask();
        Retries.Round? early = null;
        _time.OnTimestamp = () =>
        {
            _time.OnTimestamp = null;
            early = AskAtOnce();
            FailAll([early]);
            _time.Advance(Millisecond);
        };

        _time.Advance(_delays.Last());
        var late = await waiting.WaitAsync(Patience);
        FailAll([late]);

        Assert.Equal(early?.Number, late.Number);
        Assert.Equal((2, 2), (Retries.Total, _delays.Count));
    }

    [Fact]
    public async Task A_task_that_does_not_wait_belongs_to_the_current_round()
    {
        var first = (await AskAsync(1))[0];
        _time.OnTimestamp = () =>
        {
            _time.OnTimestamp = null;
            Retries.Failed(first, Passing);
            _time.Advance(Millisecond);
        };

        var second = await Retries.AskAsync(default);
        Retries.Failed(second, Passing);

        Assert.Equal((1, 1), (Retries.Total, _delays.Count));
    }

    [Fact]
    public async Task All_waiting_tasks_continue_together_after_the_wait()
    {
        FailAll(await AskAsync(1));
        var waiting = Enumerable.Range(0, 8).Select(_ => Retries.AskAsync(default).AsTask()).ToArray();
        _time.Advance(_delays.Last() - Millisecond);
        Assert.True(Retries.IsWaiting);
        Assert.DoesNotContain(waiting, task => task.IsCompleted);

        _time.Advance(Millisecond);
        var rounds = await Task.WhenAll(waiting).WaitAsync(Patience);

        Assert.Single(rounds.Select(round => round.Number).Distinct());
        Assert.False(Retries.IsWaiting);
    }

    [Fact]
    public async Task A_pending_request_delays_the_next_round_by_at_most_two_seconds()
    {
        var rounds = await AskAsync(2);
        Retries.Failed(rounds[0], Passing);
        var waiting = Retries.AskAsync(default).AsTask();

        _time.Advance(_delays.Last());
        await _time.IsSetAsync(MaxPendingTime).WaitAsync(Patience);
        _time.Advance(MaxPendingTime - Millisecond);
        Assert.True(Retries.IsWaiting);
        Assert.False(waiting.IsCompleted);
        _time.Advance(Millisecond);

        Assert.NotEqual(rounds[1].Number, (await waiting.WaitAsync(Patience)).Number);
    }

    [Theory]
    [InlineData("it fails")]
    [InlineData("it ends")]
    [InlineData("it delivers")]
    public async Task The_next_round_begins_when_the_last_pending_request_ends(string end)
    {
        var rounds = await AskAsync(3);
        Retries.Failed(rounds[0], Passing);
        rounds[1].Dispose();
        var waiting = Retries.AskAsync(default).AsTask();
        _time.Advance(_delays.Last());
        await _time.IsSetAsync(MaxPendingTime).WaitAsync(Patience);
        Assert.False(waiting.IsCompleted);

        if (end == "it delivers")
        {
            Retries.Progress(rounds[2]);
        }
        else
        {
            FailAll(end == "it fails" ? [rounds[2]] : []);
            rounds[2].Dispose();
        }

        await waiting.WaitAsync(Patience);
        Assert.Equal(1, Retries.Total);
    }

    [Fact]
    public async Task A_cancelled_wait_does_not_delay_the_next_round()
    {
        using var stop = new CancellationTokenSource();
        FailAll(await AskAsync(1));
        var given = Retries.AskAsync(stop.Token).AsTask();
        var kept = Retries.AskAsync(default).AsTask();

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given.WaitAsync(Patience));
        _time.Advance(_delays.Last());
        FailAll([await kept.WaitAsync(Patience)]);
        await NextRoundAsync(1);

        Assert.Equal(2, Retries.Total);
        Assert.False(_time.WasSet(MaxPendingTime));
    }

    [Fact]
    public async Task Received_bytes_end_the_wait_and_reset_the_count_of_consecutive_failures()
    {
        _options.MaxRetries = 1;
        var rounds = await AskAsync(2);
        for (var number = 1; number <= 5; number++)
        {
            Retries.Failed(rounds[0], Passing);
            var waiting = new[] { Retries.AskAsync(default).AsTask(), Retries.AskAsync(default).AsTask() };
            Retries.Progress(rounds[1]);
            rounds = await Task.WhenAll(waiting).WaitAsync(Patience);
            Assert.Equal(number, Retries.Total);
        }

        Assert.True(Retries.HasBytes);
        Retries.Failed(rounds[0], Passing);
        var last = await NextRoundAsync(1, stragglersToo: true);
        Assert.Throws<DownloadException>(() => Retries.Failed(last[0], Passing));
    }

    [Fact]
    public async Task A_wait_requested_by_the_server_is_not_shortened_by_received_bytes()
    {
        var rounds = await AskAsync(2);
        Retries.Failed(rounds[0], Passing with { RetryAfter = TimeSpan.FromSeconds(60) });
        var waiting = Retries.AskAsync(default).AsTask();

        Retries.Progress(rounds[1]);
        _time.Advance(TimeSpan.FromSeconds(60) - Millisecond);
        Assert.True(Retries.IsWaiting);
        Assert.Equal(TimeSpan.FromSeconds(60), Assert.Single(_delays));
        _time.Advance(Millisecond);

        await waiting.WaitAsync(Patience);
    }

    [Fact]
    public async Task A_too_long_requested_wait_ends_the_download_even_as_the_second_failure_of_a_round()
    {
        var rounds = await AskAsync(2);
        Retries.Failed(rounds[0], Passing);

        var error = Assert.Throws<DownloadException>(() => Retries.Failed(rounds[1], Passing with { RetryAfter = TimeSpan.FromSeconds(61) }));

        Assert.Contains("wait of 61 s for ", error.Message, StringComparison.Ordinal);
        Assert.EndsWith(", which is more than MaxRetryAfter (60 s). Run the download again later.", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, 100, "after 3 consecutive failures")]
    [InlineData(100, 2, "after 3 failures in total")]
    public async Task Too_many_rounds_of_failures_end_the_download(int mostInARow, int mostInAll, string words)
    {
        (_options.MaxRetries, _options.MaxTotalRetries) = (mostInARow, mostInAll);
        FailAll(await AskAsync(8));
        FailAll(await NextRoundAsync(8));
        var rounds = await NextRoundAsync(8);

        var error = Assert.Throws<DownloadException>(() => FailAll(rounds));

        Assert.Equal(DownloadFailure.Network, error.Reason);
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
        Assert.EndsWith("The connection broke. Run the download again.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_invalid_response_counts_for_the_total_and_not_as_a_consecutive_failure()
    {
        (_options.MaxRetries, _options.MaxTotalRetries) = (0, 3);
        var odd = Passing with { Kind = FaultKind.Odd };
        Retries.Failed((await AskAsync(1))[0], odd);
        Retries.Failed((await NextRoundAsync(1))[0], odd);
        Retries.Failed((await NextRoundAsync(1))[0], odd);
        var last = await NextRoundAsync(1);

        Assert.Equal(3, Retries.Total);
        Assert.Contains("after 4 failures in total", Assert.Throws<DownloadException>(() => Retries.Failed(last[0], odd)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Discarded_bytes_are_not_offered_for_a_resume()
    {
        _options.MaxRetries = 0;
        var rounds = await AskAsync(2);
        Retries.Progress(rounds[0]);
        var resumes = Assert.Throws<DownloadException>(() => Retries.Failed(rounds[1], Passing));
        Retries.StartedAgain();

        Assert.EndsWith("Run the download again: it resumes.", resumes.Message, StringComparison.Ordinal);
        Assert.False(Retries.HasBytes);
    }

    /// <summary>Any number of connections, which ask, deliver, fail, end and give up in any order, while time goes by.</summary>
    [Property(MaxTest = 200)]
    public bool Of_each_round_one_failure_is_counted_and_nobody_waits_for_ever(byte[] steps)
    {
        var options = new TransferOptions { MaxRetries = 1000, RetryBaseDelay = TimeSpan.FromSeconds(1), RetryMaxDelay = TimeSpan.FromSeconds(4) };
        var (time, counted, failing) = (new FakeTimeProvider(), new HashSet<int>(), -1);
        using var retries = new Retries(options, time, (_, _) => Assert.True(counted.Add(failing), $"Round {failing} was counted twice."));
        using var stop = new CancellationTokenSource();
        var waiting = new List<Task<Retries.Round>>();
        var asking = new List<Retries.Round>();
        foreach (var step in steps)
        {
            asking.AddRange(waiting.Where(task => task.IsCompletedSuccessfully).Select(task => task.Result));
            waiting.RemoveAll(task => task.IsCompleted);
            var round = asking.Count == 0 ? null : asking[step / 8 % asking.Count];
            switch (step % 8)
            {
                case 0 or 1:
                    waiting.Add(retries.AskAsync(stop.Token).AsTask());
                    break;
                case 2 or 3 when round is not null:
                    failing = round.Number;
                    retries.Failed(round, Passing);
                    round.Dispose();
                    asking.Remove(round);
                    break;
                case 4 when round is not null:
                    retries.Progress(round);
                    break;
                case 5 when round is not null:
                    round.Dispose();
                    asking.Remove(round);
                    break;
                case 6:
                    time.Advance(TimeSpan.FromMilliseconds(step * 10));
                    break;
                default:
                    using (var gone = new CancellationTokenSource())
                    {
                        var cancelled = retries.AskAsync(gone.Token).AsTask();
                        gone.Cancel();
                        asking.AddRange(cancelled.IsCompletedSuccessfully ? [cancelled.Result] : []);
                    }

                    break;
            }
        }

        // Those that ask hang. Whoever waits may go on all the same.
        var all = Task.WhenAll([.. waiting, retries.AskAsync(default).AsTask()]);
        for (var until = DateTime.UtcNow + Patience; !all.IsCompleted && DateTime.UtcNow < until; Thread.Yield())
        {
            time.Advance(TimeSpan.FromSeconds(1));
        }

        return all.IsCompletedSuccessfully && counted.Count == retries.Total;
    }

    private async Task<Retries.Round[]> AskAsync(int count) =>
        await Task.WhenAll(Enumerable.Range(0, count).Select(_ => Retries.AskAsync(default).AsTask())).WaitAsync(Patience);

    // For when nobody has to wait.
    private Retries.Round AskAtOnce() => Retries.AskAsync(default).AsTask().GetAwaiter().GetResult();

    // Lets the wait go by, for those that ask meanwhile.
    private async Task<Retries.Round[]> NextRoundAsync(int count, bool stragglersToo = false)
    {
        var asked = AskAsync(count);
        _time.Advance(_delays.Last());
        if (stragglersToo)
        {
            await _time.IsSetAsync(MaxPendingTime).WaitAsync(Patience);
            _time.Advance(MaxPendingTime);
        }

        return await asked.WaitAsync(Patience);
    }

    private void FailAll(IEnumerable<Retries.Round> rounds)
    {
        foreach (var round in rounds)
        {
            Retries.Failed(round, Passing);
            round.Dispose();
        }
    }

    /// <summary>A clock that notes which waits were begun, and tells when somebody looks at its timestamp.</summary>
    private sealed class NotedTimers : FakeTimeProvider
    {
        private readonly ConcurrentDictionary<TimeSpan, TaskCompletionSource> _set = new();

        public Action? OnTimestamp { get; set; }

        public Task IsSetAsync(TimeSpan length) => _set.GetOrAdd(length, _ => new TaskCompletionSource()).Task;

        public bool WasSet(TimeSpan length) => _set.TryGetValue(length, out var set) && set.Task.IsCompleted;

        public override long GetTimestamp()
        {
            OnTimestamp?.Invoke();
            return base.GetTimestamp();
        }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = base.CreateTimer(callback, state, dueTime, period);
            _set.GetOrAdd(dueTime, _ => new TaskCompletionSource()).TrySetResult();
            return timer;
        }
    }
}
