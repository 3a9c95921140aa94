namespace MlHub.Sdk.Tests.Downloads;

/// <summary>A download resumes after an earlier run or a broken connection if the remote file is proved to be the same.</summary>
public sealed class ResumeTests : DownloadTest
{
    private const string LongAgo = "Mon, 05 Jan 2026 10:00:00 GMT";

    [Fact]
    public async Task A_part_file_that_cannot_be_resumed_is_removed_and_this_is_logged()
    {
        Remote.ETag = null;
        Remote.CutAfter = Size / 2;
        using var log = new CollectedLog();
        var downloader = NewDownloader(options => (options.Transfer.MaxRetries, options.Loggers) = (0, log));
        await Assert.ThrowsAsync<DownloadException>(() => downloader.DownloadAsync(Request));
        Assert.Empty(Directory.GetFiles(Output));
        Assert.Contains(log.Messages, message => message.EndsWith("are not kept, because no later run could resume with them: the server sends neither an ETag nor a Last-Modified.", StringComparison.Ordinal));

        Remote.CutAfter = null;
        await CancelAsync(Request, afterBytes: Size / 2);
        Assert.Empty(Directory.GetFiles(Output));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_last_progress_report_of_a_stopped_download_contains_the_kept_bytes(bool isKept)
    {
        Remote.ETag = isKept ? "\"v1\"" : null;
        Remote.CutAfter = Size / 2;
        var told = new List<DownloadProgress>();
        var downloader = NewDownloader(options => options.Transfer.MaxRetries = 0);
        await Assert.ThrowsAsync<DownloadException>(
            () => downloader.DownloadAsync(Request with { Options = new() { Connections = 1 } }, new InlineProgress(told.Add)));
        Remote.CutAfter = null;

        var result = await DownloadAsync();

        Assert.Equal((DownloadPhase.Stopped, result.ResumedFrom), (told[^1].Phase, told[^1].BytesDone));
        Assert.Equal(isKept, result.ResumedFrom > 0);
    }

    [Fact]
    public async Task A_new_process_resumes_where_the_last_one_stopped()
    {
        await InterruptAsync();

        var result = await DownloadAsync();

        await AssertWholeAsync(result);
        Assert.InRange(result.ResumedFrom, Size * 0.48, Size * 0.5);
        Assert.All(Server.Requests, request => Assert.Equal("\"v1\"", request.Header("If-Range")));
        Assert.Equal(0, result.Restarts);
    }

    [Fact]
    public async Task A_broken_connection_is_resumed_within_one_run()
    {
        Remote.CutAfter = 400_000;

        await AssertWholeAsync(await DownloadAsync());

        Assert.All(Server.Requests.Skip(1), request => Assert.NotNull(request.Range));
    }

    [Fact]
    public async Task A_complete_part_file_is_finished_with_one_small_request()
    {
        await InterruptBeforeTheRenameAsync();

        var result = await DownloadAsync();

        await AssertWholeAsync(result);
        Assert.Equal(Size, result.ResumedFrom);
        Assert.Equal((Size - 1, Size - 1), Assert.Single(Server.Requests).Range);
    }

    [Fact]
    public async Task An_equal_Last_Modified_proves_that_the_remote_file_is_the_same()
    {
        Remote.ETag = null;
        Remote.LastModified = LongAgo;
        await InterruptAsync();

        var result = await DownloadAsync();

        await AssertWholeAsync(result);
        Assert.True(result.ResumedFrom > 0);
        Assert.All(Server.Requests, request => Assert.Null(request.Header("If-Range")));
    }

    [Fact]
    public async Task A_Last_Modified_without_a_plausible_Date_proves_nothing()
    {
        Remote.ETag = null;
        Remote.LastModified = LongAgo;
        Remote.Date = null;
        await InterruptAsync();

        // As left by a kill.
        await File.WriteAllBytesAsync(Part, Remote.Bytes[..(Size / 2)]);
        Remote.Bytes = OtherBytes();

        var result = await DownloadAsync();

        await AssertWholeAsync(result);
        Assert.Equal(0, result.ResumedFrom);
        Assert.NotEmpty(result.RestartReasons);
        Assert.All(Server.Requests, request => Assert.Null(request.Range));
    }

    [Fact]
    public async Task Unquoted_ETags_are_compared_but_not_sent()
    {
        Remote.ETag = "0x8D968C5F3B94E1C";
        Remote.HonoursIfRange = false;
        await InterruptAsync();

        var result = await DownloadAsync();

        await AssertWholeAsync(result);
        Assert.True(result.ResumedFrom > 0);
        Assert.All(Server.Requests, request => Assert.Null(request.Header("If-Range")));
    }

    [Theory]
    [InlineData("W/\"weak\"")]
    [InlineData(null)]
    public async Task A_file_whose_version_cannot_be_proved_is_never_resumed(string? etag)
    {
        Remote.ETag = etag;
        await InterruptAsync();

        // As left by a kill.
        await File.WriteAllBytesAsync(Part, Remote.Bytes[..(Size / 2)]);
        Remote.Bytes = OtherBytes();

        var result = await DownloadAsync();

        await AssertWholeAsync(result);
        Assert.Equal(0, result.ResumedFrom);
        Assert.All(Server.Requests, request => Assert.Null(request.Range));
    }

    [Fact]
    public async Task A_file_whose_version_cannot_be_proved_is_not_resumed_within_one_run()
    {
        Remote.ETag = null;
        Remote.CutAfter = 1_000_000;
        Remote.Twist = (request, answer) =>
        {
            // The second request gets another file, whole.
            Remote.Bytes = request.Number == 1 ? OtherBytes() : Remote.Bytes;
            Remote.CutAfter = null;
            return answer;
        };

        var result = await DownloadAsync();

        await AssertWholeAsync(result);
        Assert.Equal(1, result.Restarts);
    }

    // A directory that comes to lie under the final name is what a run fails on when all bytes are there.
    private async Task InterruptBeforeTheRenameAsync()
    {
        var inTheWay = new InlineProgress(report =>
        {
            if (report.Phase == DownloadPhase.Verifying)
            {
                Directory.CreateDirectory(Final);
            }
        });
        var error = await Assert.ThrowsAsync<DownloadException>(() => NewDownloader().DownloadAsync(Request, inTheWay));
        Assert.Equal(DownloadFailure.FileSystem, error.Reason);
        Directory.Delete(Final);
        Server.Requests.Clear();
    }
}
