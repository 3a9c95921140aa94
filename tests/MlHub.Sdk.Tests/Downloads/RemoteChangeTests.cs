namespace MlHub.Sdk.Tests.Downloads;

/// <summary>A changed remote file: bytes of the old version are never mixed with the new one.</summary>
public sealed class RemoteChangeTests : DownloadTest
{
    private const string LongAgo = "Mon, 05 Jan 2026 10:00:00 GMT";
    private const string Later = "Mon, 05 Jan 2026 10:00:05 GMT";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_changed_remote_file_is_downloaded_from_the_start(bool honoursIfRange)
    {
        await InterruptAsync();
        Remote.HonoursIfRange = honoursIfRange;
        Remote.Bytes = OtherBytes();
        Remote.ETag = "\"v2\"";

        var result = await DownloadAsync();

        await AssertWholeAsync(result);
        Assert.Equal(0, result.ResumedFrom);
        Assert.Contains("\"v1\"", Assert.Single(result.RestartReasons), StringComparison.Ordinal);
    }

    // ETags and dates belong to one resource. Equal values at another resource mean nothing.
    [Theory]
    [InlineData("data.bin?id=1", "data.bin?id=2", false)]
    [InlineData("data.bin?id=1", "data.bin", false)]
    [InlineData("data.bin?si=1", "data.bin?si=2", false)]
    [InlineData("data.bin?key=1", "data.bin?key=2", false)]
    [InlineData("data.bin?sv=1&se=1", "data.bin?sv=1&se=2", false)]
    [InlineData("data.bin?Policy=1&Signature=a", "data.bin?Policy=2&Signature=a", false)]
    [InlineData("data.bin?Expires=1", "data.bin?Expires=2", false)]
    [InlineData("data.bin?id=1&sig=a&X-Amz-Date=1", "data.bin?id=1&sig=b&X-Amz-Date=2", true)]
    [InlineData("data.bin?x-goog-date=1&X-Goog-Signature=a", "data.bin?x-goog-date=2&X-Goog-Signature=b", true)]
    [InlineData("data.bin?sv=1&se=1&sp=r&sig=a", "data.bin?sv=2&se=2&sp=r&sig=b", true)]
    [InlineData("data.bin?AWSAccessKeyId=k&Expires=1&Signature=a", "data.bin?AWSAccessKeyId=k&Expires=2&Signature=b", true)]
    [InlineData("data.bin?Key-Pair-Id=k&Policy=1&Signature=a", "data.bin?Key-Pair-Id=k&Policy=2&Signature=b", true)]
    public async Task Bytes_from_another_query_are_not_used_unless_only_the_signature_differs(string first, string second, bool resumes)
    {
        await InterruptAsync(request: Request with { Url = Server.Url(first) });
        Remote.Bytes = resumes ? Remote.Bytes : OtherBytes();

        var result = await DownloadAsync(Request with { Url = Server.Url(second) });

        await AssertWholeAsync(result);
        Assert.Equal(resumes, result.ResumedFrom > 0);
        Assert.Equal(resumes ? 0 : 1, result.Restarts);
    }

    [Fact]
    public async Task Bytes_from_another_address_with_the_same_redirect_target_are_not_used()
    {
        Remote.Twist = (request, answer) => request.Path.StartsWith("/get.bin", StringComparison.Ordinal) ? answer
            : ScriptedAnswer.Of(302, []).With("Location", $"/get.bin?id={request.Path.TrimStart('/')}");
        await InterruptAsync(request: Request with { Url = Server.Url("one") });
        Remote.Bytes = OtherBytes();

        var result = await DownloadAsync(Request with { Url = Server.Url("two") });

        await AssertFileAsync(Remote.Bytes, result);
        Assert.Equal((0, 1), (result.ResumedFrom, result.Restarts));
    }

    [Theory]
    [InlineData("signature=oak", "signature=pine")]
    [InlineData("st=KS&e=1", "st=NE&e=2")]
    [InlineData("key=a", "key=b")]
    public async Task Without_an_ETag_another_query_means_another_file_even_if_it_looks_like_a_signature(string first, string second)
    {
        (Remote.ETag, Remote.LastModified) = (null, "Mon, 05 Jan 2026 10:00:00 GMT");
        await InterruptAsync(request: Request with { Url = Server.Url($"data.bin?{first}") });
        Remote.Bytes = OtherBytes();

        var result = await DownloadAsync(Request with { Url = Server.Url($"data.bin?{second}") });

        await AssertFileAsync(Remote.Bytes, result);
        Assert.Equal(0, result.ResumedFrom);
        var again = await Assert.ThrowsAsync<DownloadException>(() => DownloadAsync(Request with { Url = Server.Url($"data.bin?{first}") }));
        Assert.Equal(DownloadFailure.NameTaken, again.Reason);
    }

    // The same address, which leads to another resource of the same length and date. What looks like a token or a date may select it.
    [Theory]
    [InlineData("id=1&sig=a", "id=2&sig=b")]
    [InlineData("id=1&token=a&expires=1", "id=1&token=b&expires=2")]
    [InlineData("date=1", "date=2")]
    public async Task A_redirect_to_another_query_means_another_file_if_only_a_date_identifies_the_version(string first, string second)
    {
        var query = first;
        (Remote.ETag, Remote.LastModified) = (null, "Mon, 05 Jan 2026 10:00:00 GMT");
        Remote.Twist = (request, answer) => request.Path.StartsWith("/get.bin", StringComparison.Ordinal) ? answer
            : ScriptedAnswer.Of(302, []).With("Location", $"/get.bin?{query}");
        await InterruptAsync();
        query = second;
        Remote.Bytes = OtherBytes();

        var result = await DownloadAsync();

        await AssertFileAsync(Remote.Bytes, result);
        Assert.Equal(0, result.ResumedFrom);
    }

    [Fact]
    public async Task The_word_undefined_is_not_a_strong_ETag()
    {
        Remote.ETag = "undefined";
        await InterruptAsync();
        Remote.Bytes = OtherBytes();

        var result = await DownloadAsync();

        await AssertWholeAsync(result);
        Assert.Equal(0, result.ResumedFrom);
    }

    [Fact]
    public async Task An_expired_address_that_is_renewed_to_another_file_restarts_the_download()
    {
        var (second, moved) = (OtherBytes(), false);
        Remote.CutAfter = Size / 2;
        Remote.Twist = (request, answer) =>
        {
            if (request.Path.StartsWith("/data.bin", StringComparison.Ordinal))
            {
                return ScriptedAnswer.Of(302, []).With("Location", moved ? "/v2/data.bin" : "/v1/data.bin");
            }

            if (request.Range is null || request.Path.StartsWith("/v2/", StringComparison.Ordinal))
            {
                return answer;
            }

            (moved, Remote.CutAfter, Remote.Bytes) = (true, null, second);
            return ScriptedAnswer.Of(403, []);
        };

        var result = await DownloadAsync(Request with { Options = new() { Connections = 1 } });

        Assert.Equal(Md5(second), Md5(await File.ReadAllBytesAsync(result.Path)));
        Assert.Contains("v2", Assert.Single(result.RestartReasons), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_changed_date_restarts_the_download()
    {
        Remote.ETag = null;
        Remote.LastModified = LongAgo;
        await InterruptAsync();
        Remote.Bytes = OtherBytes();
        Remote.LastModified = Later;

        var result = await DownloadAsync();

        await AssertWholeAsync(result);
        Assert.Equal(1, result.Restarts);
    }

    [Theory]
    [InlineData("\"v1\"", null)]
    [InlineData("W/\"v1\"", null)]
    [InlineData(null, LongAgo)]
    [InlineData(null, null)]
    public async Task Bytes_of_two_versions_are_never_mixed_if_the_remote_file_changes_between_ranges(string? etag, string? lastModified)
    {
        var second = OtherBytes();
        (Remote.ETag, Remote.LastModified, Remote.CutAfter) = (etag, lastModified, Size / 2);
        Remote.Twist = (request, answer) =>
        {
            if (request.Number == 1)
            {
                return answer;
            }

            (Remote.CutAfter, Remote.Bytes) = (null, second);
            (Remote.ETag, Remote.LastModified) = (etag?.Replace('1', '2'), lastModified is null ? null : Later);
            Remote.Twist = null;
            return Remote.Answer(request);
        };

        var result = await DownloadAsync(Request with { Options = new() { Connections = 1 } });

        await AssertWholeAsync(result);
        Assert.Equal(Md5(second), Md5(await File.ReadAllBytesAsync(Final)));
        Assert.Equal(1, result.Restarts);
    }

    [Fact]
    public async Task Bytes_of_two_versions_are_never_mixed_if_the_remote_file_changes_within_a_body()
    {
        Remote.HonoursIfRange = false;
        Remote.CutAfter = 1_000_000;
        Remote.Twist = (request, answer) =>
        {
            if (request.Number == 1)
            {
                Remote.Bytes = OtherBytes();
                Remote.ETag = "\"v2\"";
            }

            Remote.CutAfter = null;
            return answer;
        };

        var result = await DownloadAsync();

        await AssertWholeAsync(result);
        Assert.Equal(1, result.Restarts);
    }

    [Fact]
    public async Task A_download_fails_after_three_changes_of_the_remote_file()
    {
        Remote.HonoursIfRange = false;
        Remote.CutAfter = 1_000_000;
        Remote.Twist = (request, answer) =>
        {
            Remote.ETag = $"\"v{request.Number}\"";
            return answer;
        };

        var told = new List<DownloadProgress>();
        var error = await Assert.ThrowsAsync<DownloadException>(() => NewDownloader().DownloadAsync(Request, new InlineProgress(told.Add)));

        Assert.Equal(DownloadFailure.RemoteChanged, error.Reason);
        Assert.Contains("changed 3 times", error.Message, StringComparison.Ordinal);
        Assert.Equal(3, told[^1].RestartReasons.Count);
        Assert.Empty(Directory.GetFiles(Output));
    }

    [Fact]
    public async Task Digests_from_the_first_response_are_checked_after_a_resume()
    {
        Remote.Headers.Add(new("Content-MD5", Md5(OtherBytes())));
        await InterruptAsync();
        Remote.Headers.Clear();

        // The first digest was wrong: what was resumed is doubted once, and then the server, which promises nothing any more, is believed.
        var result = await DownloadAsync();

        await AssertWholeAsync(result);
        Assert.Equal(1, result.Restarts);
    }
}
