namespace MlHub.Sdk.Tests.Downloads;

public sealed class SizeTests : DownloadTest
{
    [Theory]
    [InlineData(true, Size)]
    [InlineData(false, Size)]
    [InlineData(true, 0)]
    [InlineData(false, 0)]
    public async Task The_size_is_that_of_the_whole_file_with_and_without_range_support(bool ranges, int size)
    {
        (Remote.HonoursRanges, Remote.Bytes) = (ranges, Remote.Bytes[..size]);

        Assert.Equal(size, await NewDownloader().GetSizeAsync(Request));

        Assert.Empty(Directory.GetFileSystemEntries(Output));
        Assert.Equal("bytes=0-0", Assert.Single(Server.Requests).Header("Range"));
    }

    [Fact]
    public async Task A_missing_directory_is_not_created()
    {
        var absent = Path.Combine(Output, "absent");

        await NewDownloader().GetSizeAsync(Request with { OutputDirectory = absent });

        Assert.False(Directory.Exists(absent));
    }

    [Fact]
    public async Task A_request_to_a_busy_server_is_retried()
    {
        Remote.Twist = (request, answer) => request.Number < 3 ? ScriptedAnswer.Of(503, []) : answer;

        Assert.Equal(Size, await NewDownloader().GetSizeAsync(Request));
        Assert.Equal(3, Server.Requests.Count);
    }

    [Fact]
    public async Task The_retries_end_if_the_server_stays_busy()
    {
        Remote.Twist = (_, _) => ScriptedAnswer.Of(503, []);

        var error = await Assert.ThrowsAsync<DownloadException>(() => NewDownloader(options => options.Transfer.MaxRetries = 1).GetSizeAsync(Request));

        Assert.Equal(DownloadFailure.Network, error.Reason);
        Assert.Equal(2, Server.Requests.Count);
    }

    [Fact]
    public async Task A_request_for_a_missing_file_is_not_retried()
    {
        Remote.Twist = (_, _) => ScriptedAnswer.Of(404, []);

        await Assert.ThrowsAsync<EntityDoesNotExistException>(() => NewDownloader().GetSizeAsync(Request));

        Assert.Single(Server.Requests);
    }

    [Fact]
    public async Task A_length_that_the_server_does_not_report_is_unknown()
    {
        Remote.Twist = (_, _) => new ScriptedAnswer(200) { Body = Remote.Bytes, End = ScriptedEnd.Close };

        Assert.Null(await NewDownloader().GetSizeAsync(Request));
    }
}
