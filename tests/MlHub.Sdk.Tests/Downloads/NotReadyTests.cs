using System.Net;

namespace MlHub.Sdk.Tests.Downloads;

/// <summary>202: the server is still preparing the file.</summary>
public sealed class NotReadyTests : DownloadTest
{
    private const string Words = "Retrieval from the long term archive was triggered.";

    [Theory]
    [InlineData("1800", null, "Run the download again in 1800 s.")]
    [InlineData("Sat, 01 Jan 2000 00:30:00 GMT", null, "Run the download again in 1800 s.")]
    [InlineData("Sun, 02 Jan 2000 00:30:00 GMT", "Sun, 02 Jan 2000 00:00:00 GMT", "Run the download again in 1800 s.")]
    [InlineData("61", null, "Run the download again in 61 s.")]
    [InlineData(null, null, "Run the download again later.")]
    [InlineData("soon", null, "Run the download again later.")]
    public async Task A_file_that_is_not_ready_fails_immediately_with_the_servers_message_and_the_time_to_retry(string? retryAfter, string? date, string when)
    {
        Remote.Twist = (_, _) => NotReady(retryAfter, date);

        var error = await Assert.ThrowsAsync<DownloadException>(() => NewDownloader(options => options.Clock = new Year2000()).DownloadAsync(Request));

        Assert.Equal((DownloadFailure.NotReady, (HttpStatusCode?)HttpStatusCode.Accepted, Words), (error.Reason, error.StatusCode, error.ServerMessage));
        Assert.Contains(when, error.Message, StringComparison.Ordinal);
        Assert.Contains(Words, error.Message, StringComparison.Ordinal);
        Assert.Equal(Server.Url("data.bin").ToString(), error.RequestUrl?.ToString());
        Assert.Single(Server.Requests);
        Assert.Empty(Directory.GetFiles(Output));
    }

    [Theory]
    [InlineData("3", null, 3)]
    [InlineData("60", null, 60)]
    [InlineData("Sun, 02 Jan 2000 00:00:40 GMT", "Sun, 02 Jan 2000 00:00:00 GMT", 40)]
    public async Task A_short_wait_requested_with_202_is_respected(string retryAfter, string? date, int seconds)
    {
        var clock = new ShortWaits();
        Remote.Twist = (request, answer) => request.Number <= 2 ? NotReady(retryAfter, date) : answer;

        var result = await NewDownloader(options => options.Clock = clock).DownloadAsync(Request);

        await AssertWholeAsync(result);
        Assert.Equal(2, result.Retries);
        Assert.Equal(2, clock.Waits.Count(wait => wait == TimeSpan.FromSeconds(seconds)));
    }

    [Fact]
    public async Task Repeated_short_waits_end_the_download()
    {
        Remote.Twist = (_, _) => NotReady("0", null);

        var error = await Assert.ThrowsAsync<DownloadException>(() => DownloadAsync());

        Assert.Equal((DownloadFailure.NotReady, Words), (error.Reason, error.ServerMessage));
        Assert.Equal(1 + 6, Server.Requests.Count);
    }

    [Fact]
    public async Task A_202_response_never_replaces_a_complete_file()
    {
        await DownloadAsync();
        Remote.Twist = (_, _) => NotReady("1800", null);

        var error = await Assert.ThrowsAsync<DownloadException>(() => DownloadAsync(Request with { Options = new() { IfExists = IfExists.Overwrite } }));

        Assert.Equal(DownloadFailure.NotReady, error.Reason);
        Assert.Equal(Remote.Bytes, await File.ReadAllBytesAsync(Final));
        Assert.Equal([Final], Directory.GetFiles(Output));
    }

    [Fact]
    public async Task A_part_file_is_resumed_when_the_file_is_ready_again()
    {
        await InterruptAsync();
        Remote.Twist = (_, _) => NotReady(null, null);

        await Assert.ThrowsAsync<DownloadException>(() => DownloadAsync());
        Remote.Twist = null;
        var result = await DownloadAsync();

        await AssertWholeAsync(result);
        Assert.True(result.ResumedFrom > 0);
    }

    private static ScriptedAnswer NotReady(string? retryAfter, string? date)
    {
        var answer = ScriptedAnswer.Of(202, System.Text.Encoding.UTF8.GetBytes($"{{\"detail\":\"{Words}\"}}")).With("Content-Type", "application/json");
        answer = retryAfter is null ? answer : answer.With("Retry-After", retryAfter);
        return date is null ? answer : answer.With("Date", date);
    }

    private sealed class Year2000 : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);
    }
}
