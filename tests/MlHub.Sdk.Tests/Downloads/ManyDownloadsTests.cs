namespace MlHub.Sdk.Tests.Downloads;

public sealed class ManyDownloadsTests : DownloadTest
{
    [Fact]
    public async Task Many_files_are_fetched_over_few_connections_and_one_that_fails_stops_no_other()
    {
        Remote.Bytes = [1, 2, 3];
        Remote.Twist = (request, answer) => request.Path == "/50" ? ScriptedAnswer.Of(404, []) : answer;
        var requests = Enumerable.Range(0, 200).Select(number => Request with { Url = Server.Url($"{number}") });

        var outcomes = await NewDownloader().DownloadAllAsync(requests).ToListAsync();

        Assert.Equal(200, outcomes.Count);
        var failed = Assert.Single(outcomes, outcome => !outcome.Succeeded);
        Assert.IsType<EntityDoesNotExistException>(failed.Error);
        Assert.Equal("/50", failed.Request.Url.AbsolutePath);
        Assert.Equal(199, Directory.GetFiles(Output).Length);
        Assert.InRange(Server.ConnectionCount, 1, 16);
    }

    [Fact]
    public async Task A_host_is_never_asked_for_more_at_once_than_it_may_be()
    {
        var (most, active) = (0, 0);
        var four = new TaskCompletionSource();
        Remote.Bytes = [1, 2, 3];
        Remote.Twist = (_, answer) =>
        {
            var now = Interlocked.Increment(ref active);
            Raise(ref most, now);
            if (now == 4)
            {
                four.TrySetResult();
            }

            return answer with { BeforePiece = LeaveAsync };
        };
        async Task LeaveAsync(CancellationToken stop)
        {
            await four.Task.WaitAsync(stop);
            Interlocked.Decrement(ref active);
        }

        var outcomes = await DownloadWaveAsync(NewDownloader(options => options.MaxConnectionsPerHost = 4));

        Assert.All(outcomes, outcome => Assert.True(outcome.Succeeded, outcome.Error?.Message));
        Assert.Equal(4, most);
    }

    [Fact]
    public async Task A_host_that_is_overloaded_is_asked_for_half_as_much_by_all_downloads_together()
    {
        var (most, active) = (0, 0);
        var four = new TaskCompletionSource();
        var noticed = new TaskCompletionSource();
        using var log = new CollectedLog { Heard = message => _ = message.Contains("429", StringComparison.Ordinal) && noticed.TrySetResult() };
        Remote.Bytes = [1, 2, 3];
        Remote.Twist = (request, answer) =>
        {
            var now = Interlocked.Increment(ref active);
            if (now == 4)
            {
                four.TrySetResult();
            }

            // The fifth may come before the overload is noticed; after eight good answers one more is allowed again.
            if (request.Number is > 5 and <= 12)
            {
                Raise(ref most, now);
            }

            return request.Number == 1
                ? ScriptedAnswer.Of(429, [0]) with { BeforePiece = stop => LeaveAfterAsync(four.Task, stop) }
                : answer with { BeforePiece = stop => LeaveAfterAsync(noticed.Task, stop) };
        };
        async Task LeaveAfterAsync(Task what, CancellationToken stop)
        {
            await what.WaitAsync(stop);
            Interlocked.Decrement(ref active);
        }

        var outcomes = await DownloadWaveAsync(NewDownloader(options =>
        {
            options.MaxConnectionsPerHost = 4;
            options.LoggerFactory = log;
        }));

        Assert.All(outcomes, outcome => Assert.True(outcome.Succeeded, outcome.Error?.Message));
        Assert.InRange(most, 1, 2);
    }

    [Fact]
    public async Task Requests_are_read_only_as_the_downloads_go_on()
    {
        Remote.Bytes = [1];
        var read = 0;
        async IAsyncEnumerable<DownloadRequest> EndlessAsync()
        {
            while (true)
            {
                await Task.Yield();
                yield return Request with { Url = Server.Url($"{read++}") };
            }
        }

        var taken = await NewDownloader().DownloadAllAsync(EndlessAsync(), concurrency: 2).Take(10).ToListAsync();

        Assert.Equal(10, taken.Count);
        Assert.InRange(read, 10, 20);
    }

    private Task<List<DownloadOutcome>> DownloadWaveAsync(ResumableDownloader downloader) =>
        downloader.DownloadAllAsync(Enumerable.Range(0, 50).Select(number => Request with { Url = Server.Url($"{number}") }), concurrency: 16)
            .ToListAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(60));

    private static void Raise(ref int most, int value)
    {
        for (var seen = Volatile.Read(ref most); seen < value;)
        {
            var before = Interlocked.CompareExchange(ref most, value, seen);
            seen = before == seen ? value : before;
        }
    }
}
