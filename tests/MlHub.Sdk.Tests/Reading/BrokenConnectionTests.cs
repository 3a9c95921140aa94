using System.Net;
using MlHub.Sdk.Tests.Downloads;

namespace MlHub.Sdk.Tests.Reading;

/// <summary>A stream survives what connections and servers do for a moment, and fails clearly when they go on.</summary>
public sealed class BrokenConnectionTests : ReadingTest
{
    // A duration that is not used elsewhere.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(47);

    public static TheoryData<string> OddKinds() => new(OddAnswers.All);

    [Theory]
    [MemberData(nameof(OddKinds))]
    public async Task An_invalid_response_causes_one_more_request_and_loses_no_byte(string kind)
    {
        Remote.LastModified = "Mon, 01 Jan 2024 10:00:00 GMT";
        Remote.Twist = (request, answer) => request.Number == 2 ? OddAnswers.Of(kind, request, Remote) : answer;
        await using var stream = await OpenAsync();

        await AssertReadsAsync(stream, 2_000_000, 50_000);

        Assert.Equal(3, Server.Requests.Count);
        await AssertReadsRestAsync(stream);
    }

    [Fact]
    public async Task A_file_is_read_even_if_connections_keep_breaking()
    {
        Remote.CutAfter = 10_000;
        await using var stream = await OpenAsync();

        await AssertReadsRestAsync(stream);
    }

    [Fact]
    public async Task A_small_file_whose_body_breaks_is_requested_again_from_the_start()
    {
        Remote.Bytes = Remote.Bytes[..200_000];
        Remote.HonoursRanges = false;
        Remote.Twist = (request, answer) =>
        {
            var cut = request.Number < 3 ? answer with { Body = answer.Body[..100_000], End = ScriptedEnd.Reset } : answer;

            // Nothing of the first version may be left.
            Remote.Bytes = request.Number == 1 ? Remote.Bytes.Reverse().ToArray() : Remote.Bytes;
            return cut;
        };

        await using var stream = await OpenAsync();

        await AssertReadsRestAsync(stream);
        Assert.Equal(3, Server.Requests.Count);
    }

    [Fact]
    public async Task If_a_server_limits_the_length_of_ranges_the_remaining_bytes_are_requested()
    {
        Remote.Bytes = Remote.Bytes[..300_000];
        Remote.Twist = (request, answer) => request.Range is var (start, last) && last - start >= 5000 ? PartOf(request, start, start + 4999) : answer;

        await using var stream = await OpenAsync();

        await AssertReadsRestAsync(stream);
    }

    [Fact]
    public async Task Ranges_aligned_to_the_blocks_of_a_cache_are_read_correctly()
    {
        Remote.Twist = (request, answer) => request.Range is var (start, last) && request.Number > 1 ? PartOf(request, Math.Max(0, start - 100_000), last!.Value + 5000) : answer;
        await using var stream = await OpenAsync();

        await AssertReadsAsync(stream, 2_000_000, 100_000);

        await AssertReadsRestAsync(stream);
    }

    [Fact]
    public async Task Ranges_with_the_status_of_a_whole_file_are_used()
    {
        Remote.Twist = (_, answer) => answer with { Status = 200 };
        await using var stream = await OpenAsync();

        await AssertReadsAsync(stream, 2_000_000, 100_000);

        Assert.Equal(2, Server.Requests.Count);
    }

    [Fact]
    public async Task Ranges_work_with_a_server_that_supports_only_dates_in_If_Range()
    {
        Remote.Twist = (request, answer) => request.Header("If-Range") is null ? answer : OddAnswers.Of("200 whole", request, Remote);
        await using var stream = await OpenAsync();

        await AssertReadsAsync(stream, 2_000_000, 10);
        await AssertReadsAsync(stream, 1_000_000, 10);

        Assert.Equal(4, Server.Requests.Count);
    }

    [Fact]
    public async Task A_stalled_body_is_closed_and_requested_again()
    {
        var time = new TimersOnDemand(Patience);
        Remote.Twist = (request, answer) => request.Number != 2 ? answer : answer with
        {
            Body = answer.Body[..1000],
            End = ScriptedEnd.Stall,
            BeforePiece = _ => Task.CompletedTask,
        };
        await using var stream = await OpenAsync(setup => (setup.Clock, setup.Transfer.StallTimeout) = (time, Patience));
        stream.Position = 2_000_000;
        var bytes = new byte[50_000];
        var read = stream.ReadExactlyAsync(bytes).AsTask();

        while (Server.Requests.Count < 3)
        {
            time.Elapse();
            await Task.Yield();
        }

        await read;
        Assert.Equal(Remote.Bytes[2_000_000..2_050_000], bytes);
    }

    [Fact]
    public async Task A_read_fails_if_the_server_keeps_failing_and_a_later_read_retries()
    {
        var isDown = false;
        Remote.Twist = (_, answer) => isDown ? ScriptedAnswer.Of(503, "Closed for the day."u8.ToArray()) : answer;
        await using var stream = await OpenAsync(setup => setup.Transfer.MaxRetries = 2);
        isDown = true;

        var error = await Assert.ThrowsAsync<DownloadException>(() => AssertReadsAsync(stream, 2_000_000, 10));

        Assert.Equal(DownloadFailure.Network, error.Reason);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, error.StatusCode);
        Assert.Equal(
            $"Gave up on {Server.Root}data.bin after 3 consecutive failures. The server responded with 503 (ServiceUnavailable). The server said: Closed for the day. Run the download again.", error.Message);
        Assert.Equal(2_000_000, stream.Position);
        isDown = false;
        await AssertReadsAsync(stream, 2_000_000, 10);
    }

    [Fact]
    public async Task A_failure_of_prefetching_does_not_fail_the_reader()
    {
        var failed = new TaskCompletionSource();
        using var log = new CollectedLog { Heard = message => _ = message.StartsWith("Prefetching", StringComparison.Ordinal) && failed.TrySetResult() };

        // After the first range and the second comes what is fetched ahead.
        Remote.Twist = (request, answer) => request.Number is 3 or 4 ? ScriptedAnswer.Of(500, []) : answer;
        await using var stream = await OpenAsync(setup => (setup.Transfer.MaxRetries, setup.Loggers) = (1, log));
        await AssertReadsAsync(stream, 0, 32 * 1024);
        await AssertReadsAsync(stream, 32 * 1024, 64 * 1024);
        await failed.Task;

        await AssertReadsAsync(stream, 96 * 1024, 100_000);
    }

    [Fact]
    public async Task A_removed_file_is_a_missing_file()
    {
        var isGone = false;
        Remote.Twist = (_, answer) => isGone ? ScriptedAnswer.Of(404, []) : answer;
        await using var stream = await OpenAsync();
        isGone = true;

        var later = await Assert.ThrowsAsync<EntityDoesNotExistException>(() => AssertReadsAsync(stream, 2_000_000, 10));
        var atFirst = await Assert.ThrowsAsync<EntityDoesNotExistException>(() => OpenAsync());

        Assert.StartsWith($"{Server.Root}data.bin does not exist (404).", later.Message, StringComparison.Ordinal);
        Assert.StartsWith($"{Server.Root}data.bin does not exist (404).", atFirst.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(410)]
    public async Task An_expired_signed_address_is_requested_again_from_the_original_address(int status)
    {
        var (signature, asked) = (1, 0);
        Remote.Twist = (request, answer) =>
        {
            if (request.Path.StartsWith("/data.bin", StringComparison.Ordinal))
            {
                asked++;
                return ScriptedAnswer.Of(302, []).With("Location", $"/store/data.bin?X-Amz-Signature={signature}");
            }

            return request.Path.EndsWith($"={signature}", StringComparison.Ordinal) ? answer : ScriptedAnswer.Of(status, []);
        };
        await using var stream = await OpenAsync();
        await AssertReadsAsync(stream, 1_000_000, 10);
        Assert.Equal(1, asked);

        signature = 2;

        await AssertReadsAsync(stream, 2_000_000, 10);
        Assert.Equal(2, asked);
        await AssertReadsRestAsync(stream);
        Assert.Equal(2, asked);
    }

    [Fact]
    public async Task Disposing_of_the_client_ends_the_stream()
    {
        var client = NewClient();
        await using var stream = await client.OpenReadAsync(Url, Small);
        stream.Position = 2_000_000;

        client.Dispose();

        await Assert.ThrowsAnyAsync<ObjectDisposedException>(async () => await stream.ReadExactlyAsync(new byte[10]));
    }

    private ScriptedAnswer PartOf(ScriptedRequest request, int start, int last) =>
        new RemoteFile(Remote.Bytes).Answer(request with { Headers = new Dictionary<string, string> { ["Range"] = $"bytes={start}-{last}" } });
}
