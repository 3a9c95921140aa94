using System.Security.Cryptography;

namespace MlHub.Sdk.Tests.Downloads;

/// <summary>Faults of one of several connections, or of all of them at the same time.</summary>
public sealed class SeveralConnectionsTests : DownloadTest
{
    [Theory]
    [InlineData(429)]
    [InlineData(503)]
    [InlineData(403)]
    [InlineData(404)]
    [InlineData(400)]
    public async Task A_refused_additional_connection_does_not_stop_the_other_connections(int status)
    {
        var (delivers, refused, pieces) = (new TaskCompletionSource(), new TaskCompletionSource(), 0);
        Remote.Twist = (request, answer) => request.Number switch
        {
            1 => answer with { BeforePiece = stop => ++pieces == 2 ? refused.Task.WaitAsync(stop) : Task.CompletedTask },
            2 => ScriptedAnswer.Of(status, []).With("Retry-After", "3600") with { BeforeHead = delivers.Task.WaitAsync },
            _ => answer,
        };
        using var log = new CollectedLog { Heard = message => Set(refused, message.StartsWith("An additional connection", StringComparison.Ordinal)) };
        var downloader = NewDownloader(options => options.Loggers = log);

        var result = await downloader.DownloadAsync(Request with { Options = new() { Connections = 2 } }, new InlineProgress(report => Set(delivers, report.Connections > 0)));

        await AssertWholeAsync(result);
        Assert.Equal((0, 0), (result.Retries, result.Restarts));
    }

    [Theory]
    [InlineData(500)]
    [InlineData(403)]
    public async Task A_file_is_downloaded_in_one_stream_if_every_range_request_fails(int status)
    {
        var failures = 0;
        Remote.Bytes = RandomNumberGenerator.GetBytes(16_000_000);
        Remote.Twist = (request, answer) =>
        {
            if (request.Range is null)
            {
                return answer with { BeforePiece = stop => Task.Delay(1, stop) };
            }

            Interlocked.Increment(ref failures);
            return ScriptedAnswer.Of(status, []);
        };

        var result = await DownloadAsync(Request with { Options = new() { Connections = 8 } });

        await AssertWholeAsync(result);
        Assert.Equal((0, 0), (result.Retries, result.Restarts));
        Assert.InRange(failures, 1, 64);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(416)]
    public async Task One_response_without_a_range_does_not_restart_a_download_of_the_whole_file(int status)
    {
        var (asked, pieces) = (new TaskCompletionSource(), 0);
        Remote.Bytes = RandomNumberGenerator.GetBytes(16_000_000);
        Remote.Twist = (request, answer) =>
        {
            Set(asked, request.Number > 6);
            return request.Number switch
            {
                1 => answer with { BeforePiece = stop => ++pieces == 8 ? asked.Task.WaitAsync(stop) : Task.CompletedTask },
                4 when status == 200 => ScriptedAnswer.Of(200, Remote.Bytes).With("ETag", Remote.ETag!),
                4 => ScriptedAnswer.Of(416, []).With("Content-Range", $"bytes */{Remote.Bytes.Length}"),
                _ => answer,
            };
        };

        var result = await DownloadAsync(Request with { Options = new() { Connections = 2 } });

        await AssertWholeAsync(result);
        Assert.Equal(0, result.Restarts);
    }

    [Fact]
    public async Task An_outage_counts_as_one_failure_per_retry_regardless_of_the_number_of_connections()
    {
        const int Refused = 32;
        Remote.Bytes = RandomNumberGenerator.GetBytes(16_000_000);
        Remote.Twist = (request, answer) => request.Number switch
        {
            1 => answer with { Body = answer.Body[..300_000], End = ScriptedEnd.Reset },
            <= 1 + Refused => answer with { Body = [], End = ScriptedEnd.Reset },
            _ => answer,
        };

        // Long enough for the jitter to part those who would each ask for themselves.
        var waits = TimeSpan.FromMilliseconds(100);
        var result = await NewDownloader(options => (options.Transfer.RetryBaseDelay, options.Transfer.RetryMaxDelay) = (waits, waits)).DownloadAsync(Request with { Options = new() { Connections = 8 } });

        await AssertWholeAsync(result);
        Assert.InRange(Server.Requests.Count, Refused + 1, 100);
        Assert.InRange(result.Retries, 1, 6);
    }

    [Fact]
    public async Task One_of_several_servers_without_range_support_does_not_restart_the_download()
    {
        Remote.Twist = (request, answer) => request.Number switch
        {
            1 => answer with { Body = answer.Body[..500_000], End = ScriptedEnd.Close },
            2 => answer with { Body = answer.Body[..500_000], End = ScriptedEnd.Close },
            3 => ScriptedAnswer.Of(200, Remote.Bytes).With("ETag", Remote.ETag!),
            _ => answer,
        };

        var result = await DownloadAsync(Request with { Options = new() { Connections = 1 } });

        await AssertWholeAsync(result);
        Assert.Equal(0, result.Restarts);
    }

    [Fact]
    public async Task A_server_that_stops_supporting_ranges_is_read_in_one_stream_after_a_few_retries()
    {
        Remote.Twist = (request, answer) => request.Number switch
        {
            <= 2 => answer with { Body = answer.Body[..500_000], End = ScriptedEnd.Close },
            _ => ScriptedAnswer.Of(200, Remote.Bytes).With("ETag", Remote.ETag!),
        };

        var result = await DownloadAsync(Request with { Options = new() { Connections = 1 } });

        await AssertWholeAsync(result);
        Assert.Equal(1, result.Restarts);
    }

    [Fact]
    public async Task Ranges_without_an_ETag_are_not_used()
    {
        Remote.Twist = (request, answer) =>
        {
            _ = request.Range is null || answer.Headers.RemoveAll(header => header.Key == "ETag") == 1;
            return answer;
        };

        var result = await DownloadAsync(Request with { Options = new() { Connections = 4 } });

        await AssertWholeAsync(result);
        Assert.Equal(0, result.Restarts);
    }

    private static void Set(TaskCompletionSource source, bool when) => _ = when && source.TrySetResult();
}
