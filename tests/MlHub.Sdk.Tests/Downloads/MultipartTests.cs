namespace MlHub.Sdk.Tests.Downloads;

/// <summary>
/// A <c>multipart/byteranges</c> body (RFC 9110 §14.6) contains the headers of its parts. It is never used as the bytes of a range, even with a
/// <c>Content-Range</c> beside it and a length that fits.
/// </summary>
public sealed class MultipartTests : DownloadTest
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_file_is_downloaded_in_one_stream_if_every_range_is_multipart(bool hasRightLength)
    {
        var (refused, pieces) = (new TaskCompletionSource(), 0);
        using var log = new CollectedLog { Heard = message => _ = message.StartsWith("An additional connection", StringComparison.Ordinal) && refused.TrySetResult() };
        Remote.Twist = (request, answer) => request.Range is not null ? Multipart(request, hasRightLength)
            : answer with { BeforePiece = stop => ++pieces == 8 ? refused.Task.WaitAsync(stop) : Task.CompletedTask };

        var result = await NewDownloader(options => options.Loggers = log).DownloadAsync(Request with { Options = new() { Connections = 4 } });

        await AssertWholeAsync(result);
        Assert.Equal(0, result.Restarts);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_multipart_response_to_a_retry_is_retried(bool hasRightLength)
    {
        Remote.Twist = (request, answer) => request.Number switch
        {
            1 => answer with { Body = answer.Body[..1_000_000], End = ScriptedEnd.Close },
            2 or 3 => Multipart(request, hasRightLength),
            _ => answer,
        };

        var result = await DownloadAsync(Request with { Options = new() { Connections = 1 } });

        await AssertWholeAsync(result);
        Assert.Equal(0, result.Restarts);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_resume_that_only_gets_multipart_responses_restarts(bool hasRightLength)
    {
        await InterruptAsync();
        Remote.Twist = (request, answer) => request.Range is null ? answer : Multipart(request, hasRightLength);

        var result = await DownloadAsync();

        await AssertWholeAsync(result);
        Assert.Equal((0, 1), (result.ResumedFrom, result.Restarts));
    }

    [Fact]
    public async Task A_whole_file_as_multipart_is_refused()
    {
        Remote.Headers.Add(new("Content-Type", "multipart/byteranges; boundary=SEP"));

        var error = await Assert.ThrowsAsync<DownloadException>(() => DownloadAsync());

        Assert.Equal(DownloadFailure.BadResponse, error.Reason);
        Assert.Contains("multipart/byteranges", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(Output));
    }

    private ScriptedAnswer Multipart(ScriptedRequest request, bool hasRightLength)
    {
        var (start, asked) = request.Range!.Value;
        var last = Math.Min(asked ?? int.MaxValue, Size - 1);
        return OddAnswers.Multipart(Remote.Bytes[start..(last + 1)], start, last, Size, Remote, hasRightLength);
    }
}
