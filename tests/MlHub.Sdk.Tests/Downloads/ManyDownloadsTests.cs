using System.Collections.Concurrent;

namespace MlHub.Sdk.Tests.Downloads;

public sealed class ManyDownloadsTests : DownloadTest
{
    [Fact]
    public async Task More_connections_than_the_host_limit_are_an_error_and_not_silently_reduced()
    {
        var downloader = NewDownloader(options => options.Transfer.MaxConnectionsPerHost = 16);

        var error = await Assert.ThrowsAsync<ArgumentException>(() => downloader.DownloadAsync(Request with { Options = new() { Connections = 17 } }));

        Assert.StartsWith(
            "Connections is 17, but MaxConnectionsPerHost is 16: raise MaxConnectionsPerHost, or lower Connections.", error.Message, StringComparison.Ordinal);
        Assert.Empty(Server.Requests);
        await AssertWholeAsync(await downloader.DownloadAsync(Request with { Options = new() { Connections = 16 } }));
    }

    [Fact]
    public async Task Many_files_are_downloaded_over_few_connections_and_a_failure_does_not_stop_the_others()
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
    public async Task An_exception_of_the_callers_handler_is_the_outcome_of_one_file_and_does_not_stop_the_others()
    {
        Remote.Bytes = [1, 2, 3];
        using var wire = new Wire
        {
            BeforeRequest = (request, _) => request.RequestUri!.AbsolutePath == "/1" ? throw new TimeoutException("The proxy is asleep.") : Task.CompletedTask,
        };
        var downloader = NewDownloader(options => (options.Handler, options.Transfer.MaxRetries) = (wire, 0));

        var outcomes = await downloader.DownloadAllAsync(Enumerable.Range(0, 5).Select(number => Request with { Url = Server.Url($"{number}") }), concurrency: 1).ToListAsync();

        var failed = Assert.Single(outcomes, outcome => !outcome.Succeeded);
        Assert.Equal("/1", failed.Request.Url.AbsolutePath);
        Assert.Contains("The proxy is asleep", failed.Error!.ToString(), StringComparison.Ordinal);
        Assert.Equal(["0", "2", "3", "4"], Directory.GetFiles(Output).Select(Path.GetFileName).Order());
    }

    [Fact]
    public async Task The_final_state_of_each_file_is_reported()
    {
        Remote.Bytes = [1, 2, 3];
        var last = new ConcurrentDictionary<string, DownloadPhase>();
        var watch = new InlineProgress(report => last[report.Path ?? ""] = report.Phase);
        DownloadRequest[] requests =
        [
            Request with { FileName = "right" },
            Request with { FileName = "wrong", ExpectedDigests = [FileDigest.Parse("md5:d41d8cd98f00b204e9800998ecf8427e")] },
        ];

        await NewDownloader().DownloadAllAsync(requests, progress: watch).ToListAsync();

        Assert.Equal(DownloadPhase.Done, last[Path.Combine(Output, "right")]);
        Assert.Equal(DownloadPhase.Stopped, last[Path.Combine(Output, "wrong")]);
    }

    [Fact]
    public async Task The_number_of_simultaneous_requests_to_a_host_never_exceeds_the_limit()
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

        var outcomes = await DownloadWaveAsync(NewDownloader(options => options.Transfer.MaxConnectionsPerHost = 4));

        Assert.All(outcomes, outcome => Assert.True(outcome.Succeeded, outcome.Error?.Message));
        Assert.Equal(4, most);
    }

    [Fact]
    public async Task An_overloaded_host_gets_half_as_many_requests_from_all_downloads_together()
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

            // The fifth may arrive before the overload is detected. After eight successful responses one more is allowed.
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
            options.Transfer.MaxConnectionsPerHost = 4;
            options.Loggers = log;
        }));

        Assert.All(outcomes, outcome => Assert.True(outcome.Succeeded, outcome.Error?.Message));
        Assert.InRange(most, 1, 2);
    }

    [Fact]
    public async Task Requests_are_read_only_as_downloads_start()
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

    [Theory]
    [InlineData("a/x.bin", "b/x.bin")]
    [InlineData("a/x.bin", "b/X.BIN")]
    [InlineData("a/x.bin", "a/x.bin")]
    public async Task Two_requests_in_a_list_for_the_same_file_are_rejected_before_any_download(string one, string other)
    {
        DownloadRequest[] requests = [Request with { Url = Server.Url($"{one}?sig=s3cret") }, Request with { Url = Server.Url($"{other}?sig=s3cret") }];

        var error = await Assert.ThrowsAsync<ArgumentException>(async () => await NewDownloader().DownloadAllAsync(requests).ToListAsync());

        Assert.Contains($"{Server.Url(one)} and {Server.Url(other)} would both be stored as", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", error.Message, StringComparison.Ordinal);
        Assert.Empty(Server.Requests);
    }

    [Theory]
    [InlineData("1/download", "2/download")]
    [InlineData("get?id=1", "get?id=2")]
    public async Task Addresses_with_the_same_last_segment_are_two_files_if_the_server_gives_them_different_names(string one, string other)
    {
        Remote.Twist = (request, answer) => request.Path.StartsWith($"/{one}", StringComparison.Ordinal) ? ScriptedAnswer.Of(302, []).With("Location", "/one.bin")
            : request.Path.StartsWith($"/{other}", StringComparison.Ordinal) ? ScriptedAnswer.Of(302, []).With("Location", "/two.bin")
            : answer;
        DownloadRequest[] requests = [Request with { Url = Server.Url(one) }, Request with { Url = Server.Url(other) }];

        var outcomes = await NewDownloader().DownloadAllAsync(requests).ToListAsync();

        Assert.All(outcomes, outcome => Assert.True(outcome.Succeeded, outcome.Error?.Message));
        Assert.Equal([Path.Combine(Output, "one.bin"), Path.Combine(Output, "two.bin")], Directory.GetFiles(Output).Order());
    }

    [Theory]
    [InlineData("1/data", "2/data")]
    [InlineData("data.bin?id=1", "data.bin?id=2")]
    public async Task Of_two_downloads_with_the_same_path_one_succeeds_and_the_other_downloads_nothing(string one, string other)
    {
        DownloadRequest[] requests = [Request with { Url = Server.Url(one) }, Request with { Url = Server.Url(other) }];

        var outcomes = await NewDownloader().DownloadAllAsync(requests).ToListAsync();

        Assert.Equal(Remote.Bytes, await File.ReadAllBytesAsync(Assert.Single(outcomes, outcome => outcome.Succeeded).Result!.Path));
        Assert.Equal(DownloadFailure.NameTaken, Assert.IsType<DownloadException>(Assert.Single(outcomes, outcome => !outcome.Succeeded).Error).Reason);
    }

    [Fact]
    public async Task In_a_stream_of_requests_a_second_request_for_the_same_file_fails_without_being_sent()
    {
        DownloadRequest[] requests = [Request with { Url = Server.Url("a/data.bin") }, Request with { Url = Server.Url("b/DATA.bin") }, Request with { FileName = "data.BIN" }];

        var outcomes = await NewDownloader().DownloadAllAsync(requests.ToAsyncEnumerable()).ToListAsync();

        await AssertWholeAsync(Assert.Single(outcomes, outcome => outcome.Succeeded).Result!);
        Assert.All(outcomes.Where(outcome => !outcome.Succeeded), outcome => Assert.Equal(DownloadFailure.NameTaken, Assert.IsType<DownloadException>(outcome.Error).Reason));
        Assert.All(Server.Requests, request => Assert.Equal("/a/data.bin", request.Path));
    }

    [Fact]
    public async Task A_request_that_redirects_to_the_file_of_another_request_fails()
    {
        Remote.Twist = (request, answer) => request.Path == "/moved" ? ScriptedAnswer.Of(302, []).With("Location", "/b/data.bin") : answer;
        DownloadRequest[] requests = [Request with { Url = Server.Url("a/data.bin") }, Request with { Url = Server.Url("moved") }];

        var outcomes = await NewDownloader().DownloadAllAsync(requests).ToListAsync();

        await AssertWholeAsync(Assert.Single(outcomes, outcome => outcome.Succeeded).Result!);
        var failed = Assert.Single(outcomes, outcome => !outcome.Succeeded);
        Assert.Equal("/moved", failed.Request.Url.AbsolutePath);
        Assert.Equal(DownloadFailure.NameTaken, Assert.IsType<DownloadException>(failed.Error).Reason);
    }

    [Fact]
    public async Task The_same_name_in_different_directories_is_two_files()
    {
        DownloadRequest[] requests = [Request, Request with { OutputDirectory = Path.Combine(Output, "other") }];

        var outcomes = await NewDownloader().DownloadAllAsync(requests).ToListAsync();

        Assert.All(outcomes, outcome => Assert.True(outcome.Succeeded));
    }

    [Fact]
    public async Task An_archive_never_replaces_the_archive_of_another_collection()
    {
        Remote.Twist = (request, answer) => request.Path.Split('?')[0] switch
        {
            "/v1/datasets/d" => ScriptedAnswer.Of(200, """{"id":"d","collections":[{"id":"one","types":[]},{"id":"two","types":[]}]}"""u8.ToArray()),
            "/v1/archive/one" => ScriptedAnswer.Of(302, []).With("Location", "/1/data.bin"),
            "/v1/archive/two" => ScriptedAnswer.Of(302, []).With("Location", "/2/data.bin"),
            _ => answer,
        };
        using var client = new MlHubClient(new MlHubClientOptions { RootUrl = Server.Url("v1/"), ApiKey = "key" });
        var dataset = await client.Datasets.GetByIdAsync("d");

        var error = await Assert.ThrowsAsync<DownloadsFailedException>(() => dataset.DownloadAsync(Output));

        await AssertWholeAsync(Assert.Single(error.Completed));
        Assert.Equal(DownloadFailure.NameTaken, Assert.IsType<DownloadException>(Assert.Single(error.Failures).Value).Reason);
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
