using System.Globalization;

namespace MlHub.Sdk.Tests.Downloads;

/// <summary>Cookies are kept for one download, and are sent only to the origin that set them.</summary>
public sealed class CookieTests : DownloadTest
{
    private Func<ScriptedRequest, ScriptedAnswer> _answerOfOther = _ => ScriptedAnswer.Of(404, []);

    public CookieTests() => Other = new ScriptedServer(request => _answerOfOther(request));

    private ScriptedServer Other { get; }

    public override async Task DisposeAsync()
    {
        await Other.DisposeAsync();
        await base.DisposeAsync();
    }

    [Fact]
    public async Task A_sign_on_across_two_origins_works_and_each_origin_gets_only_its_own_cookies()
    {
        Remote.Twist = (request, answer) => request.Path == "/back" ? To("/data.bin", "done=1; Path=/")
            : Cookie(request).Contains("done=1", StringComparison.Ordinal) ? Cut(request, answer)
            : To(Other.Url("login").ToString(), "asecret=A; Path=/; HttpOnly");
        _answerOfOther = request => request.Path == "/login" ? To("/login2", "bsecret=B; Path=/")
            : Cookie(request) == "bsecret=B" ? To(Server.Url("back").ToString()) : ScriptedAnswer.Of(403, []);

        // The missing bytes are requested again as a range, with the cookie.
        ScriptedAnswer Cut(ScriptedRequest request, ScriptedAnswer answer) =>
            request.Range is null ? answer with { Body = answer.Body[..1_000_000], End = ScriptedEnd.Close } : answer;
        var result = await DownloadAsync(Request with { Url = Server.Url("data.bin"), Options = new() { Connections = 3 } });

        await AssertWholeAsync(result);
        Assert.Equal(0, result.Restarts);
        Assert.All(Other.Requests, request => Assert.DoesNotMatch("asecret|done", Cookie(request)));
        Assert.All(Server.Requests, request => Assert.DoesNotContain("bsecret", Cookie(request), StringComparison.Ordinal));
        Assert.Contains(Server.Requests, request => request.Range is not null);
        Assert.All(Server.Requests.Where(request => request.Range is not null), request => Assert.Equal("asecret=A; done=1", Cookie(request)));
    }

    [Fact]
    public async Task A_cookie_is_sent_to_its_path_until_the_server_deletes_it()
    {
        Remote.Twist = (request, answer) => request.Path switch
        {
            "/a/start" => To("/a/next", "deep=1; Path=/a/deep"),
            "/a/next" => To("/a/deep/x", "ina=1; Path=/a"),
            "/a/deep/x" => To("/ab/y", "gone=1; Path=/"),
            "/ab/y" => To("/data.bin", "gone=; Path=/; Max-Age=0"),
            _ => answer,
        };

        await AssertWholeAsync(await DownloadAsync(Request with { Url = Server.Url("a/start") }));

        var sent = Server.Requests.DistinctBy(request => request.Path).ToDictionary(request => request.Path, Cookie);
        Assert.Equal(["", "", "deep=1; ina=1", "gone=1", ""], [sent["/a/start"], sent["/a/next"], sent["/a/deep/x"], sent["/ab/y"], sent["/data.bin"]]);
    }

    [Theory]
    [InlineData("evil=1; Domain=example.org; Path=/")]
    [InlineData("evil=1; Domain=127.0.0.1; Path=/")]
    [InlineData("evil=1; Path=/")]
    public async Task A_cookie_is_not_sent_to_another_origin_regardless_of_its_domain(string cookie)
    {
        Remote.Twist = (_, _) => To(Other.Url("data.bin").ToString(), cookie);
        _answerOfOther = new RemoteFile(Remote.Bytes).Answer;

        await AssertWholeAsync(await DownloadAsync());

        Assert.NotEmpty(Other.Requests);
        Assert.All(Other.Requests, request => Assert.Null(request.Header("Cookie")));
    }

    [Fact]
    public async Task Cookies_are_not_kept_for_the_next_download()
    {
        Remote.Twist = (request, answer) => request.Path == "/auth" ? To("/data.bin", "k=1; Path=/")
            : request.Path == "/two.bin" || Cookie(request).Contains("k=1", StringComparison.Ordinal) ? answer
            : To("/auth", "first=1; Path=/");
        var downloader = NewDownloader();
        await downloader.DownloadAsync(Request with { Url = Server.Url("data.bin") });
        Server.Requests.Clear();

        await downloader.DownloadAsync(Request with { Url = Server.Url("two.bin") });

        Assert.All(Server.Requests, request => Assert.Equal(("/two.bin", null), (request.Path, request.Header("Cookie"))));
    }

    [Fact]
    public async Task The_callers_cookie_is_sent_together_with_those_of_the_server()
    {
        Remote.Twist = (request, answer) => Cookie(request).Contains("k=1", StringComparison.Ordinal) ? answer : To("/data.bin", "k=1; Path=/");

        await AssertWholeAsync(await DownloadAsync(Request with { Url = Server.Url("data.bin"), Headers = [new("Cookie", "mine=1")] }));

        Assert.Equal(["mine=1", "mine=1; k=1"], Server.Requests.Select(Cookie).Distinct());
    }

    [Fact]
    public async Task A_sign_on_that_redirects_back_with_the_same_cookies_is_a_loop()
    {
        Remote.Twist = (request, _) => To(request.Path == "/login" ? "/data.bin" : "/login", "k=1; Path=/");

        var error = await Assert.ThrowsAsync<DownloadException>(() => DownloadAsync(Request with { Url = Server.Url("data.bin") }));

        Assert.Equal(DownloadFailure.BadResponse, error.Reason);
        Assert.Contains("redirects in a loop", error.Message, StringComparison.Ordinal);
        Assert.InRange(Server.Requests.Count, 3, 4);
    }

    [Fact]
    public async Task A_sign_on_that_sets_a_new_cookie_each_time_reaches_the_redirect_limit()
    {
        Remote.Twist = (request, _) => To("/data.bin", string.Create(CultureInfo.InvariantCulture, $"k={request.Number}; Path=/"));

        var error = await Assert.ThrowsAsync<DownloadException>(() => DownloadAsync(Request with { Url = Server.Url("data.bin") }));

        Assert.Equal(DownloadFailure.BadResponse, error.Reason);
        Assert.Equal(11, Server.Requests.Count);
    }

    [Fact]
    public async Task An_invalid_cookie_is_ignored()
    {
        Remote.Twist = (request, answer) => request.Path == "/start" ? To("/data.bin", "=; ,;;=", "k=\u00E9; Path=/", "ok=1; Path=/") : answer;

        await AssertWholeAsync(await DownloadAsync(Request with { Url = Server.Url("start") }));

        Assert.Contains(Server.Requests, request => Cookie(request) == "ok=1");
    }

    [Fact]
    public async Task Cookies_do_not_appear_in_messages_or_logs()
    {
        using var log = new CollectedLog();
        Remote.Twist = (request, _) => request.Path == "/data.bin" ? To("/refused", "session=s3cret-session; Path=/")
            : ScriptedAnswer.Of(403, "Unknown session s3cret-session."u8.ToArray());

        var downloader = NewDownloader(options => options.Loggers = log);
        var error = await Assert.ThrowsAnyAsync<MlHubException>(() => downloader.DownloadAsync(Request with { Url = Server.Url("data.bin") }));

        Assert.Contains("Unknown session ***", error.ServerMessage, StringComparison.Ordinal);
        Assert.All([error.ToString(), .. log.Messages], text => Assert.DoesNotContain("s3cret", text, StringComparison.Ordinal));
    }

    private static string Cookie(ScriptedRequest request) => request.Header("Cookie") ?? "";

    private static ScriptedAnswer To(string location, params string[] cookies)
    {
        var answer = ScriptedAnswer.Of(302, []).With("Location", location);
        answer.Headers.AddRange(cookies.Select(cookie => new KeyValuePair<string, string>("Set-Cookie", cookie)));
        return answer;
    }
}
