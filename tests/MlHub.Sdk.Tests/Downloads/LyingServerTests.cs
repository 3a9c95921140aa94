using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;

namespace MlHub.Sdk.Tests.Downloads;

public sealed class LyingServerTests : DownloadTest
{
    // Servers echo parts of the request in pages, statuses and headers.
    [Theory]
    [InlineData(404, "Nothing at /data.bin?sig=s3cret-signature for Bearer my-t0ken!")]
    [InlineData(503, "<a href=\"/data.bin?sig=s3cret%2Dsignature\">my-t0ken!</a>")]
    public async Task A_secret_that_the_server_echoes_is_not_repeated(int status, string page)
    {
        Remote.Twist = (_, _) => ScriptedAnswer.Of(status, System.Text.Encoding.UTF8.GetBytes(page));
        using var log = new CollectedLog();
        var request = Request with { Url = Server.Url("data.bin?sig=s3cret-signature"), Headers = [new("Authorization", "Bearer my-t0ken!")] };

        var error = await Assert.ThrowsAnyAsync<MlHubException>(() => NewDownloader(options => options.Loggers = log).DownloadAsync(request));

        Assert.All(
            (string[])[error.ToString(), error.ServerMessage!, .. log.Messages],
            text => Assert.DoesNotMatch("s3cret|my-t0ken", text));
        Assert.Contains("***", error.ServerMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_without_ranges_is_read_in_one_stream()
    {
        Remote.HonoursRanges = false;

        var result = await DownloadAsync(Request with { Options = new() { Connections = 4 } });

        await AssertWholeAsync(result);
        Assert.Equal(0, result.Restarts);
        Assert.Equal(Size, Server.BodyBytes);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public async Task A_server_that_sends_the_whole_file_for_every_range_is_read_once(int connections)
    {
        const int ReadAhead = 1024 * 1024;
        Remote.Bytes = RandomNumberGenerator.GetBytes(40 * 1024 * 1024);
        Remote.HonoursRanges = false;
        Remote.Headers.Add(new("Accept-Ranges", "bytes"));
        var reached = new TaskCompletionSource();
        var asked = new ConcurrentBag<int>();
        Remote.Twist = (request, answer) =>
        {
            if (request.Range is not var (start, _))
            {
                return answer;
            }

            // Its response arrives when the stream of the whole file reaches the start of the range, and its body never arrives.
            asked.Add(start);
            return answer with { BeforeHead = stop => reached.Task.WaitAsync(stop), BeforePiece = stop => Task.Delay(Timeout.Infinite, stop) };
        };
        var progress = new InlineProgress(report =>
        {
            if (!asked.IsEmpty && report.BytesDone >= asked.Min() - ReadAhead)
            {
                reached.TrySetResult();
            }
        });

        var result = await NewDownloader().DownloadAsync(Request with { Options = new() { Connections = connections } }, progress);

        await AssertWholeAsync(result);
        Assert.Empty(result.RestartReasons);
        Assert.Equal(Remote.Bytes.Length, Server.BodyBytes);
    }

    [Fact]
    public async Task A_resume_that_receives_the_whole_file_downloads_it_from_the_start()
    {
        await InterruptAsync();
        Remote.HonoursRanges = false;

        var result = await DownloadAsync();

        await AssertWholeAsync(result);
        Assert.Equal(0, result.ResumedFrom);
        Assert.Equal(1, result.Restarts);
    }

    [Theory]
    [InlineData("bytes 7-999999/3000000")]
    [InlineData("bytes 0-1/3000000")]
    [InlineData("items 5-9/10")]
    [InlineData("bytes 99999999999999999999-5/3000000")]
    [InlineData("nonsense")]
    public async Task A_range_other_than_the_requested_one_is_not_stored(string contentRange)
    {
        await InterruptAsync();
        Remote.Twist = (_, answer) => Replace(answer, "Content-Range", contentRange);

        var result = await DownloadAsync();

        await AssertWholeAsync(result);
        Assert.Equal(1, result.Restarts);
    }

    [Fact]
    public async Task A_range_with_another_total_length_means_that_the_remote_file_changed()
    {
        await InterruptAsync();
        Remote.HonoursIfRange = false;
        Remote.Bytes = [.. Remote.Bytes, 1, 2, 3];

        var result = await DownloadAsync();

        await AssertWholeAsync(result);
        Assert.Contains("length", Assert.Single(result.RestartReasons), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_multipart_response_is_not_stored()
    {
        await InterruptAsync();
        Remote.Twist = (request, answer) =>
            answer.Status == 206 ? ScriptedAnswer.Of(206, new byte[answer.Body.Length]).With("Content-Type", "multipart/byteranges; boundary=x").With("ETag", "\"v1\"") : answer;

        var result = await DownloadAsync();

        await AssertWholeAsync(result);
        Assert.Equal((0, 1), (result.ResumedFrom, result.Restarts));
    }

    [Fact]
    public async Task A_remote_file_that_became_shorter_is_downloaded_again()
    {
        await InterruptAsync();
        Remote.HonoursIfRange = false;
        Remote.Bytes = Remote.Bytes[..1000];

        var result = await DownloadAsync();

        await AssertWholeAsync(result);
        Assert.Equal(1, result.Restarts);
    }

    [Fact]
    public async Task A_416_for_an_existing_range_leads_to_a_download_in_one_stream()
    {
        await InterruptAsync();
        Remote.Twist = (request, answer) => request.Range is null ? answer : ScriptedAnswer.Of(416, []).With("Content-Range", $"bytes */{Size}");

        await AssertWholeAsync(await DownloadAsync());
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    public async Task A_compressed_body_is_refused(string encoding)
    {
        Remote.Headers.Add(new("Content-Encoding", encoding));

        var error = await Assert.ThrowsAsync<DownloadException>(() => DownloadAsync());

        Assert.Equal(DownloadFailure.BadResponse, error.Reason);
        Assert.Contains(encoding, error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(Output));
    }

    [Theory]
    [InlineData("gzip, chunked")]
    [InlineData("gzip")]
    public async Task A_body_with_a_transfer_coding_is_refused(string coding)
    {
        byte[] coded = [.. "3\r\n"u8, 1, 2, 3, .. "\r\n0\r\n\r\n"u8];
        Remote.Twist = (_, _) => new ScriptedAnswer(200) { Body = coded, End = ScriptedEnd.Close }.With("Transfer-Encoding", coding);

        var error = await Assert.ThrowsAsync<DownloadException>(() => DownloadAsync());

        Assert.Equal(DownloadFailure.BadResponse, error.Reason);
        Assert.Contains(coding, error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(Output));
    }

    [Theory]
    [InlineData("+3000000")]
    [InlineData("3000000, 3000000")]
    [InlineData("99999999999999999999999")]
    public async Task A_response_with_an_invalid_length_is_never_stored(string length)
    {
        Remote.Twist = (_, answer) => Replace(answer with { End = ScriptedEnd.Close }, "Content-Length", length);

        await Assert.ThrowsAsync<DownloadException>(() => DownloadAsync());

        Assert.False(File.Exists(Final));
    }

    [Fact]
    public async Task A_response_with_contradicting_lengths_is_never_stored()
    {
        Remote.Twist = (_, answer) => Replace(answer, "Content-Length", "2999999").With("Content-Length", "3000000");

        var error = await Assert.ThrowsAsync<DownloadException>(() => DownloadAsync());

        Assert.Equal(DownloadFailure.BadResponse, error.Reason);
        Assert.False(File.Exists(Final));
    }

    [Fact]
    public async Task A_length_that_is_sent_twice_with_the_same_value_is_accepted()
    {
        Remote.Twist = (_, answer) => answer.With("Content-Length", answer.Headers.Find(header => header.Key == "Content-Length").Value);

        await AssertWholeAsync(await DownloadAsync());
    }

    [Fact]
    public async Task A_length_together_with_chunked_coding_is_refused_immediately()
    {
        Remote.Twist = (_, _) => new ScriptedAnswer(200) { Body = [.. "7\r\n1234567\r\n0\r\n\r\n"u8], End = ScriptedEnd.Close }
            .With("Content-Length", "5").With("Transfer-Encoding", "chunked");

        var error = await Assert.ThrowsAsync<DownloadException>(() => DownloadAsync());

        Assert.Equal(DownloadFailure.BadResponse, error.Reason);
        Assert.Single(Server.Requests);
        Assert.Empty(Directory.GetFiles(Output));
    }

    [Fact]
    public async Task A_body_changed_by_a_proxy_is_refused_and_not_quoted()
    {
        Remote.Twist = (_, _) => ScriptedAnswer.Of(203, [.. "PK\u0003\u0004binary"u8]);

        var error = await Assert.ThrowsAsync<DownloadException>(() => DownloadAsync());

        Assert.Equal(DownloadFailure.Refused, error.Reason);
        Assert.Contains("203", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("PK", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_ETag_with_non_ASCII_characters_does_not_prevent_a_resume()
    {
        Remote.ETag = "\"v\u00e9\"";
        await InterruptAsync();

        var result = await DownloadAsync();

        await AssertWholeAsync(result);
        Assert.True(result.ResumedFrom > 0);
    }

    [Fact]
    public async Task A_body_shorter_than_its_length_is_never_stored()
    {
        Remote.Twist = (_, answer) => Replace(answer with { End = ScriptedEnd.Close }, "Content-Length", "3000001");

        var error = await Assert.ThrowsAsync<DownloadException>(() => DownloadAsync());

        Assert.Equal(DownloadFailure.RemoteChanged, error.Reason);
        Assert.False(File.Exists(Final));
    }

    [Fact]
    public async Task Bytes_beyond_the_length_are_not_stored()
    {
        Remote.Twist = (request, answer) => request.Range is null
            ? new ScriptedAnswer(200) { Body = [.. answer.Body, 1, 2, 3], End = ScriptedEnd.Close }.With("Content-Length", "3000000").With("ETag", "\"v1\"")
            : answer;

        await AssertWholeAsync(await DownloadAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_body_without_a_length_is_read_to_its_end(bool hasDigest)
    {
        Remote.Twist = (_, answer) => new ScriptedAnswer(200) { Body = answer.Body, End = ScriptedEnd.Close };
        var digests = hasDigest ? [FileDigest.Parse($"md5:{Md5(Remote.Bytes)}")] : Array.Empty<FileDigest>();

        var result = await DownloadAsync(Request with { ExpectedDigests = digests });

        await AssertWholeAsync(result);
        Assert.Equal(hasDigest ? "md5" : "none", result.Verified.ToString());
    }

    [Fact]
    public async Task A_redirect_loop_ends()
    {
        Remote.Twist = (request, _) => ScriptedAnswer.Of(302, []).With("Location", request.Path == "/a" ? "/b" : "/a");

        var error = await Assert.ThrowsAsync<DownloadException>(() => DownloadAsync());

        Assert.Equal(DownloadFailure.BadResponse, error.Reason);
        Assert.True(Server.Requests.Count <= 4);
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(303)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task A_relative_redirect_is_followed_and_names_the_file(int status)
    {
        Remote.Twist = (request, answer) => request.Path.StartsWith("/start", StringComparison.Ordinal)
            ? ScriptedAnswer.Of(status, []).With("Location", "../store/data.bin?sig=x") : answer;

        await AssertWholeAsync(await DownloadAsync(Request with { Url = Server.Url("start/here") }));
    }

    [Theory]
    [InlineData("..%2f..%2fetc%2fpasswd", "_._.._etc_passwd")]
    [InlineData("%2e%2e", "download")]
    [InlineData(".bashrc", "_bashrc")]
    [InlineData("..%5cevil.exe", "_._evil.exe")]
    [InlineData("CON.tar.gz", "_CON.tar.gz")]
    [InlineData("a%00b%0a.txt", "a_b_.txt")]
    [InlineData("dots...", "dots")]
    [InlineData("x.mlhub-journal", "x.mlhub_journal")]
    public async Task A_name_from_the_server_is_made_safe(string segment, string expected)
    {
        var request = Request with { Url = new Uri($"{Server.Root}start") };
        Remote.Twist = (asked, answer) => asked.Path == "/start" ? ScriptedAnswer.Of(302, []).With("Location", $"/x/{segment}") : answer;

        var result = await DownloadAsync(request);

        Assert.Equal(Path.Combine(Output, expected), result.Path);
    }

    [Fact]
    public async Task Different_refusals_cause_different_exceptions()
    {
        Remote.Twist = (request, _) => ScriptedAnswer.Of(request.Path.Contains("401", StringComparison.Ordinal) ? 401 : 404, "{\"detail\": \"Own words.\"}"u8.ToArray());

        var refused = await Assert.ThrowsAsync<MlHubAuthenticationException>(() => DownloadAsync(Request with { Url = Server.Url("401?key=secret") }));
        var missing = await Assert.ThrowsAsync<EntityDoesNotExistException>(() => DownloadAsync());

        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        Assert.Equal("Own words.", missing.ServerMessage);
        Assert.DoesNotContain("secret", refused.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refused_redirect_releases_its_connection_slot()
    {
        Remote.Twist = (request, answer) => request.Path == "/lost" ? ScriptedAnswer.Of(302, []) : answer;
        var downloader = NewDownloader(options => options.Transfer.MaxConnectionsPerHost = 2);
        for (var count = 0; count < 3; count++)
        {
            var error = await Assert.ThrowsAsync<DownloadException>(
                () => downloader.DownloadAsync(Request with { Url = Server.Url("lost") }).WaitAsync(TimeSpan.FromSeconds(30)));
            Assert.Equal(DownloadFailure.BadResponse, error.Reason);
        }

        await AssertWholeAsync(await downloader.DownloadAsync(Request).WaitAsync(TimeSpan.FromSeconds(30)));
    }

    [Theory]
    [InlineData("a.mlhub-part", null)]
    [InlineData(null, "a.MLHUB-journal")]
    public async Task A_reserved_file_name_is_rejected(string? fileName, string? likelyFileName)
    {
        var error = await Assert.ThrowsAsync<ArgumentException>(() => DownloadAsync(Request with { FileName = fileName, LikelyFileName = likelyFileName }));

        Assert.Contains("is reserved for temporary files", error.Message, StringComparison.Ordinal);
        Assert.Empty(Server.Requests);
    }

    private static ScriptedAnswer Replace(ScriptedAnswer answer, string name, string value)
    {
        if (answer.Headers.RemoveAll(header => header.Key == name) > 0)
        {
            answer.With(name, value);
        }

        return answer;
    }

    [Fact]
    public async Task A_redirect_from_https_to_plain_http_is_not_followed()
    {
        using var redirecting = new Answering(request =>
        {
            Assert.Equal("https", request.RequestUri!.Scheme);
            return new HttpResponseMessage(System.Net.HttpStatusCode.Found) { Headers = { Location = new Uri("http://example.org/data.bin?sig=secret") } };
        });
        var request = Request with { Url = new Uri("https://example.org/data.bin") };

        var error = await Assert.ThrowsAsync<DownloadException>(() => NewDownloader(options => options.Handler = redirecting).DownloadAsync(request));

        Assert.Equal(DownloadFailure.BadResponse, error.Reason);
        Assert.Contains("plain http", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error.ToString(), StringComparison.Ordinal);
    }

    private sealed class Answering(Func<HttpRequestMessage, HttpResponseMessage> answer) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => Task.FromResult(answer(request));
    }
}
