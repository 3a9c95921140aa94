using System.Globalization;

namespace MlHub.Sdk.Tests.Downloads;

/// <summary>Correct ranges that the server sends in an unusual way.</summary>
public sealed class UnusualRangeTests : DownloadTest
{
    private static readonly DownloadOptions OneConnection = new() { Connections = 1 };

    [Fact]
    public async Task A_range_with_the_status_of_a_whole_file_is_used()
    {
        await InterruptAsync();
        Remote.Twist = (request, answer) => request.Range is null ? answer : answer with { Status = 200 };

        var result = await DownloadAsync();

        await AssertWholeAsync(result);
        Assert.True(result.ResumedFrom > 0);
        Assert.Empty(result.RestartReasons);
        Assert.All(Server.Requests, request => Assert.NotNull(request.Range));
    }

    [Fact]
    public async Task A_partial_response_with_the_status_of_a_whole_file_is_not_stored_as_the_file()
    {
        Remote.Twist = (_, _) => ScriptedAnswer.Of(200, Remote.Bytes[..1000]).With("Content-Range", $"bytes 0-999/{Size}").With("ETag", "\"v1\"");

        var error = await Assert.ThrowsAsync<DownloadException>(() => DownloadAsync());

        Assert.Equal(DownloadFailure.BadResponse, error.Reason);
        Assert.False(File.Exists(Final));
    }

    [Fact]
    public async Task The_digest_of_a_partial_response_with_the_status_of_a_whole_file_is_not_used_for_the_file()
    {
        await InterruptAsync();
        Remote.Twist = (request, answer) => request.Range is null ? answer
            : (answer with { Status = 200 }).With("Content-MD5", Convert.ToBase64String(System.Security.Cryptography.MD5.HashData(answer.Body)));

        var result = await DownloadAsync();

        await AssertWholeAsync(result);
        Assert.Empty(result.RestartReasons);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Ranges_work_with_a_server_that_supports_only_dates_in_If_Range(bool inALaterRun)
    {
        Remote.Twist = (request, answer) => request.Header("If-Range") is null ? answer : OddAnswers.Of("200 whole", request, Remote);
        if (inALaterRun)
        {
            await InterruptAsync();
        }
        else
        {
            CutTheFirstAnswer();
        }

        var result = await DownloadAsync(Request with { Options = OneConnection });

        await AssertWholeAsync(result);
        Assert.Empty(result.RestartReasons);
        Assert.Single(Server.Requests, request => request.Header("If-Range") is not null);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_range_that_starts_earlier_at_a_cache_block_of_the_server_is_used(bool inALaterRun)
    {
        if (inALaterRun)
        {
            await InterruptAsync();
        }
        else
        {
            CutTheFirstAnswer();
        }

        var first = Remote.Twist;
        Remote.Twist = (request, answer) => request.Range is (var start, var last) ? FromBlock(start, last) : first?.Invoke(request, answer) ?? answer;

        var result = await DownloadAsync(Request with { Options = OneConnection });

        await AssertWholeAsync(result);
        Assert.Empty(result.RestartReasons);
        Assert.InRange(Server.Requests.Count(request => request.Range is not null), 1, 2);
    }

    [Fact]
    public async Task A_range_that_continues_beyond_the_requested_end_is_used()
    {
        await InterruptAsync(afterBytes: Size - 100_000);
        SpoilPart(500_000, 1_500_000);
        Remote.Twist = (request, answer) => request.Range is (var start, _) ? RangeOf(start, Size - 1) : answer;

        var result = await DownloadAsync(Request with { Options = OneConnection });

        await AssertWholeAsync(result);
        Assert.Empty(result.RestartReasons);
    }

    [Fact]
    public async Task The_length_of_a_body_with_an_unreadable_Content_Range_is_not_taken_as_the_length_of_the_file()
    {
        Remote.Twist = (request, answer) => ScriptedAnswer.Of(200, Remote.Bytes[..1000]).With("ETag", Remote.ETag!).With("Content-Range", "bytes=0-999/3000000");

        using var downloader = NewDownloader();

        Assert.Null(await downloader.GetSizeAsync(Request));
    }

    [Theory]
    [InlineData("bytes=0-999/3000000")]
    [InlineData("bytes */3000000")]
    [InlineData("none")]
    public async Task A_body_with_a_Content_Range_that_cannot_be_read_is_not_stored_as_the_file(string contentRange)
    {
        Remote.Twist = (_, _) => ScriptedAnswer.Of(200, Remote.Bytes[..1000]).With("ETag", Remote.ETag!).With("Content-Range", contentRange);

        var error = await Assert.ThrowsAsync<DownloadException>(() => DownloadAsync());

        Assert.Equal(DownloadFailure.BadResponse, error.Reason);
        Assert.Contains("with an invalid Content-Range", error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Final));
    }

    [Fact]
    public async Task A_whole_file_with_a_Content_Range_that_tells_only_its_length_is_stored()
    {
        Remote.Twist = (_, answer) => ScriptedAnswer.Of(200, Remote.Bytes).With("ETag", Remote.ETag!).With("Content-Range", $"bytes 0-/{Size}");

        await AssertWholeAsync(await DownloadAsync());
    }

    private void CutTheFirstAnswer()
    {
        var twist = Remote.Twist;
        Remote.Twist = (request, answer) => request.Number == 1 ? answer with { Body = answer.Body[..1_000_000], End = ScriptedEnd.Close } : twist?.Invoke(request, answer) ?? answer;
    }

    private ScriptedAnswer FromBlock(int start, int? last) => RangeOf(start / 700_000 * 700_000, Math.Min(last ?? Size, Size - 1));

    private ScriptedAnswer RangeOf(int start, int last) => ScriptedAnswer.Of(206, Remote.Bytes[start..(last + 1)])
        .With("ETag", Remote.ETag!).With("Content-Range", string.Create(CultureInfo.InvariantCulture, $"bytes {start}-{last}/{Size}"));
}
