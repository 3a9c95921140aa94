using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace MlHub.Sdk.Tests.Downloads;

public sealed class RetryTests : DownloadTest
{
    // A duration that is not used elsewhere.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(47);

    [Theory]
    [InlineData(408)]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(504)]
    public async Task A_temporary_server_failure_is_retried(int status)
    {
        Remote.Twist = (request, answer) => request.Number <= 2 ? ScriptedAnswer.Of(status, []) : answer;

        var result = await DownloadAsync();

        await AssertWholeAsync(result);
        Assert.Equal(2, result.Retries);
    }

    [Fact]
    public async Task Each_retry_is_reported_before_the_wait()
    {
        Remote.Twist = (request, answer) => request.Number <= 2 ? ScriptedAnswer.Of(503, []) : answer;
        var told = new List<DownloadProgress>();

        await AssertWholeAsync(await NewDownloader().DownloadAsync(Request, new InlineProgress(told.Add)));

        Assert.Equal([1, 2], told.Where(report => report.Phase == DownloadPhase.Retrying).Select(report => report.Retries));
        Assert.Equal((DownloadPhase.Done, 2), (told[^1].Phase, told[^1].Retries));
    }

    [Fact]
    public async Task A_broken_connection_is_reported()
    {
        Remote.Twist = (request, answer) => request.Number == 1 ? answer with { Body = answer.Body[..(Size / 2)], End = ScriptedEnd.Close } : answer;
        var told = new List<DownloadProgress>();

        await AssertWholeAsync(await NewDownloader().DownloadAsync(Request with { Options = new() { Connections = 1 } }, new InlineProgress(told.Add)));

        Assert.Contains(told, report => report is { Phase: DownloadPhase.Downloading, Retries: 1 });
    }

    [Theory]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(404)]
    [InlineData(410)]
    public async Task A_refused_request_is_not_retried(int status)
    {
        Remote.Twist = (_, _) => ScriptedAnswer.Of(status, []);

        await Assert.ThrowsAnyAsync<MlHubException>(() => DownloadAsync());

        Assert.Single(Server.Requests);
    }

    [Fact]
    public async Task A_requested_wait_of_an_hour_ends_the_download()
    {
        Remote.Twist = (_, _) => ScriptedAnswer.Of(503, []).With("Retry-After", "3600");

        var error = await Assert.ThrowsAsync<DownloadException>(() => DownloadAsync());

        Assert.Contains("3600 s", error.Message, StringComparison.Ordinal);
        Assert.Equal(DownloadFailure.Network, error.Reason);
        Assert.Single(Server.Requests);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("Mon, 05 Jan 1998 10:00:00 GMT")]
    [InlineData("soon")]
    [InlineData("-5")]
    public async Task A_Retry_After_of_zero_or_in_the_past_causes_an_immediate_retry(string retryAfter)
    {
        using var log = new CollectedLog();
        Remote.Twist = (request, answer) => request.Number == 1 ? ScriptedAnswer.Of(429, []).With("Retry-After", retryAfter) : answer;

        // The waits of its clock are those of other time-outs too: how long this one is, the log says.
        await AssertWholeAsync(await NewDownloader(options => (options.Clock, options.Loggers) = (new ShortWaits(), log)).DownloadAsync(Request));

        Assert.EndsWith(" Retrying in 0.0 s.", Assert.Single(log.Messages, message => message.Contains("Retrying", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1", 1)]
    [InlineData("Sat, 01 Jan 2000 00:00:30 GMT", 30)]
    public async Task A_wait_requested_by_the_server_is_respected(string retryAfter, int seconds)
    {
        var time = new ShortWaits();
        Remote.Twist = (request, answer) => request.Number == 1 ? ScriptedAnswer.Of(429, []).With("Retry-After", retryAfter) : answer;

        await AssertWholeAsync(await NewDownloader(options => options.Clock = time).DownloadAsync(Request));

        Assert.Contains(TimeSpan.FromSeconds(seconds), time.Waits);
    }

    [Fact]
    public async Task Retries_without_progress_end_and_the_download_can_be_resumed()
    {
        Remote.CutAfter = 1_000_000;
        Remote.Twist = (request, answer) => request.Number == 1 ? answer : ScriptedAnswer.Of(500, []);

        var error = await Assert.ThrowsAsync<DownloadException>(() => DownloadAsync(Request with { Options = new() { Connections = 1 } }));

        Assert.Equal(DownloadFailure.Network, error.Reason);
        Assert.Equal(1 + 6, Server.Requests.Count);
        Assert.Equal([Journal, Part], Directory.GetFiles(Output).Order());
    }

    [Fact]
    public async Task The_message_for_exhausted_retries_contains_the_address_the_count_and_the_servers_message()
    {
        Remote.Twist = (_, _) => ScriptedAnswer.Of(503, "{\"message\": \"Down for repair.\"}"u8.ToArray()).With("Content-Type", "application/json");

        var error = await Assert.ThrowsAsync<DownloadException>(() => DownloadAsync());

        Assert.Contains("503", error.Message, StringComparison.Ordinal);
        Assert.Contains("Down for repair.", error.Message, StringComparison.Ordinal);
        Assert.Contains("7 consecutive failures", error.Message, StringComparison.Ordinal);
        Assert.Contains(Server.Url("data.bin").ToString(), error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error.ToString(), StringComparison.Ordinal);
        Assert.Equal("Down for repair.", error.ServerMessage);
    }

    [Fact]
    public async Task The_message_for_retries_exhausted_by_broken_connections_contains_the_address_and_the_count()
    {
        Remote.CutAfter = 0;

        var error = await Assert.ThrowsAsync<DownloadException>(() => DownloadAsync());

        Assert.Contains("consecutive failures", error.Message, StringComparison.Ordinal);
        Assert.Contains(Server.Url("data.bin").ToString(), error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Progress_resets_the_count_of_retries()
    {
        Remote.CutAfter = 100_000;

        await AssertWholeAsync(await DownloadAsync());

        Assert.True(Server.Requests.Count > 20);
    }

    [Fact]
    public async Task The_total_number_of_retries_is_limited()
    {
        Remote.CutAfter = 100_000;

        await Assert.ThrowsAsync<DownloadException>(() => NewDownloader(options => options.Transfer.MaxTotalRetries = 5).DownloadAsync(Request with { Options = new() { Connections = 1 } }));

        Assert.Equal(6, Server.Requests.Count);
    }

    [Fact]
    public async Task A_stalled_body_is_closed_and_resumed()
    {
        var (time, pieces) = (new TimersOnDemand(Patience), 0);
        Remote.Twist = (request, answer) => request.Number > 1 ? answer : answer with { Body = answer.Body[..1_000_000], BeforePiece = SendOrWaitAsync };
        async Task SendOrWaitAsync(CancellationToken stop)
        {
            // Near the end it waits for as long as the client does.
            for (pieces++; pieces == 1_000_000 / (64 * 1024) && Server.Requests.Count == 1; await Task.Yield())
            {
                stop.ThrowIfCancellationRequested();
                time.Elapse();
            }
        }

        var downloader = NewDownloader(options => (options.Clock, options.Transfer.StallTimeout) = (time, Patience));

        await AssertWholeAsync(await downloader.DownloadAsync(Request with { Options = new() { Connections = 1 } }));

        Assert.NotNull(Server.Requests.Last().Range);
    }

    [Fact]
    public async Task A_very_slow_body_is_closed_and_resumed()
    {
        using var log = new CollectedLog();
        var time = new TimersOnDemand(Patience);
        Remote.Twist = (request, answer) => request.Number > 1 ? answer : answer with { PieceSize = 1, BeforePiece = BringOneByteAsync };
        Task BringOneByteAsync(CancellationToken stop)
        {
            time.Elapse();
            return Task.CompletedTask;
        }

        var downloader = NewDownloader(options => (options.Clock, options.Transfer.StallTimeout, options.Loggers) = (time, Patience, log));
        var result = await downloader.DownloadAsync(Request with { Options = new() { Connections = 1 } });

        await AssertWholeAsync(result);
        Assert.Contains(log.Messages, message => message.Contains("The body stalled: less than 1 KiB arrived in 47 s.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_request_without_a_response_is_cancelled()
    {
        var time = new TimersOnDemand(Patience);
        Remote.Twist = (request, answer) =>
        {
            if (request.Number > 1)
            {
                return answer;
            }

            time.Elapse();
            return new ScriptedAnswer(200) { Silent = true };
        };

        var downloader = NewDownloader(options => (options.Clock, options.Transfer.ResponseTimeout) = (time, Patience));

        await AssertWholeAsync(await downloader.DownloadAsync(Request));
    }

    [Fact]
    public async Task An_expired_address_is_renewed_once_and_the_same_file_is_resumed()
    {
        var signature = 1;
        var asked = 0;
        Remote.CutAfter = 700_000;
        Remote.Twist = (request, answer) =>
        {
            if (request.Path.StartsWith("/archive", StringComparison.Ordinal))
            {
                asked++;
                return ScriptedAnswer.Of(303, []).With("Location", string.Create(CultureInfo.InvariantCulture, $"/store/data.bin?sig={signature}"));
            }

            if (!request.Path.EndsWith(string.Create(CultureInfo.InvariantCulture, $"sig={signature}"), StringComparison.Ordinal))
            {
                return ScriptedAnswer.Of(403, []);
            }

            signature += request.Number is 2 or 5 ? 1 : 0;
            return answer;
        };

        var result = await DownloadAsync(Request with { Url = Server.Url("archive/x"), Options = new() { Connections = 1 } });

        await AssertWholeAsync(result);
        Assert.Equal(3, asked);
        Assert.Equal(0, result.Restarts);
    }

    [Fact]
    public async Task A_cancelled_download_can_be_resumed()
    {
        using var stop = new CancellationTokenSource();
        Remote.CutAfter = 1_500_000;
        Remote.Twist = (_, answer) => answer with { End = ScriptedEnd.Stall };
        var whenHalfIsThere = new InlineProgress(report =>
        {
            if (report.BytesDone > 1_400_000)
            {
                stop.Cancel();
            }
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => NewDownloader().DownloadAsync(Request with { Options = new() { Connections = 1 } }, whenHalfIsThere, stop.Token));
        Remote.CutAfter = null;
        Remote.Twist = null;
        var result = await DownloadAsync();

        await AssertWholeAsync(result);
        Assert.InRange(result.ResumedFrom, 1_400_000, 1_500_000);
    }

    [Fact]
    public async Task No_query_is_ever_written_or_logged()
    {
        using var log = new CollectedLog();
        await InterruptAsync(700_000);
        var left = Directory.GetFiles(Output).ToDictionary(Path.GetFullPath, path => Encoding.Latin1.GetString(File.ReadAllBytes(path)));
        Remote.HonoursIfRange = false;
        Remote.ETag = "\"v2\"";

        var downloader = NewDownloader(options => options.Loggers = log);
        var result = await downloader.DownloadAsync(Request);
        var receipt = await downloader.VerifyAsync(result.Path);

        // Addresses are written and logged: without their queries.
        Assert.Contains("/data.bin", left[Journal], StringComparison.Ordinal);
        Assert.Contains("/data.bin", receipt.Detail, StringComparison.Ordinal);
        Assert.Contains(log.Messages, message => message.Contains(Server.Url("data.bin").ToString(), StringComparison.Ordinal));
        Assert.All([.. left.Values, .. log.Messages, receipt.Detail, result.ToString()], text => Assert.DoesNotContain("secret", text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Connections_that_break_at_the_same_time_count_as_one_failure()
    {
        Remote.Bytes = RandomNumberGenerator.GetBytes(16_000_000);
        var all = new TaskCompletionSource();
        Remote.Twist = (request, answer) =>
        {
            if (request.Number == 4)
            {
                all.SetResult();
            }

            return request.Number > 4 ? answer : answer with { BeforePiece = BreakTogetherAsync };
        };
        async Task BreakTogetherAsync(CancellationToken stop)
        {
            await all.Task.WaitAsync(stop);
            throw new IOException("All break at once.");
        }

        var result = await NewDownloader(options => options.Transfer.MaxRetries = 1).DownloadAsync(Request with { Options = new() { Connections = 4 } });

        await AssertWholeAsync(result);
    }

    [Fact]
    public async Task A_complete_file_does_not_wait_for_idle_connections()
    {
        var refused = new TaskCompletionSource();
        Remote.Twist = (request, answer) =>
        {
            if (request.Number == 2)
            {
                refused.TrySetResult();
                return ScriptedAnswer.Of(503, []).With("Retry-After", "50");
            }

            return request.Number == 1 ? answer with { BeforePiece = stop => refused.Task.WaitAsync(stop) } : answer;
        };

        var result = await DownloadAsync(Request with { Options = new() { Connections = 2 } }).WaitAsync(TimeSpan.FromSeconds(30));

        await AssertWholeAsync(result);
    }

    [Fact]
    public async Task The_message_for_an_unreachable_redirect_target_does_not_contain_its_query()
    {
        var nobody = Nobody();
        Remote.Twist = (_, _) => ScriptedAnswer.Of(302, []).With("Location", $"{nobody}?sig=s3cret-of-the-store");

        var error = await Assert.ThrowsAsync<DownloadException>(() => NewDownloader(options => options.Transfer.MaxRetries = 0).DownloadAsync(Request));

        Assert.Equal(nobody.ToString(), error.RequestUrl?.ToString());
        Assert.StartsWith($"{nobody.Authority} could not be reached: Connection refused. ", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_message_offers_a_resume_only_if_bytes_were_received_and_gives_waits_in_seconds()
    {
        using var log = new CollectedLog();
        Remote.Twist = (_, _) => ScriptedAnswer.Of(503, []);

        var error = await Assert.ThrowsAsync<DownloadException>(
            () => NewDownloader(options => options.Loggers = log).DownloadAsync(Request));

        Assert.EndsWith("). Run the download again.", error.Message, StringComparison.Ordinal);
        Assert.Contains(log.Messages, message => message.EndsWith(" Retrying in 0.0 s.", StringComparison.Ordinal));
    }

    /// <summary>An address without a listening server.</summary>
    private static Uri Nobody()
    {
        using var closed = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        closed.Start();
        var nobody = new Uri($"http://{closed.LocalEndpoint}/data.bin");
        closed.Stop();
        return nobody;
    }
}
