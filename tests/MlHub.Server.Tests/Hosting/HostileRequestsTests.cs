using System.Net;
using System.Net.Sockets;
using System.Text;
using MlHub.Sandbox;

namespace MlHub.Server.Tests.Hosting;

/// <summary>Requests that no HTTP library sends, byte by byte over a socket.</summary>
public sealed class HostileRequestsTests : IAsyncLifetime
{
    private const string Archive = "/storage/mlhub/archives/sandbox_storms_pacific_imagery.tar.gz";
    private const string Model = "/mlhub/v1/models/no_model";
    private const string Host = "Host: localhost\r\n";
    private const string Last = Host + "Connection: close\r\n\r\n";

    private MlHubSandbox _hub = null!;

    public async Task InitializeAsync() => _hub = await MlHubSandbox.StartAsync();

    public async Task DisposeAsync() => await _hub.DisposeAsync();

    [Theory]
    [InlineData(400, "GET\r\n\r\n")]
    [InlineData(400, "\0\u0001\u0002garbage\r\n\r\n")]
    [InlineData(400, "G@T " + Model + " HTTP/1.1\r\n" + Last)]
    [InlineData(400, "GET /mlhub/v1/datasets/a b HTTP/1.1\r\n" + Last)]
    [InlineData(400, "GET /mlhub/v1/datasets/\u00e9 HTTP/1.1\r\n" + Last)]
    [InlineData(400, "GET /mlhub/v1/datasets/a%00b HTTP/1.1\r\n" + Last)]
    [InlineData(400, "GET /storage/mlhub/archives/%00.tar.gz HTTP/1.1\r\n" + Last)]
    [InlineData(505, "GET " + Model + " HTTP/3.7\r\n" + Last)]
    [InlineData(400, "GET " + Model + " HTTP/1.1\r\n\r\n")]
    [InlineData(400, "GET " + Model + " HTTP/1.1\r\n" + Host + Last)]
    [InlineData(400, "GET " + Model + " HTTP/1.1\r\nHost: evil.example\r\n" + Last)]
    [InlineData(400, "GET " + Model + " HTTP/1.1\r\nHost: loc alhost\r\n\r\n")]
    [InlineData(400, "GET " + Model + " HTTP/1.1\r\nHost: user@localhost\r\n\r\n")]
    [InlineData(400, "GET " + Model + " HTTP/1.1\r\nHost: localhost, evil.example\r\n\r\n")]
    [InlineData(400, "GET http://evil.example" + Model + " HTTP/1.1\r\n" + Last)]
    [InlineData(400, "GET " + Model + " HTTP/1.1\r\nX-A: b\r\n folded\r\n" + Last)]
    [InlineData(400, "GET " + Model + " HTTP/1.1\r\nX-A : b\r\n" + Last)]
    [InlineData(400, "GET " + Model + " HTTP/1.1\r\nno colon\r\n" + Last)]
    [InlineData(400, "GET " + Model + " HTTP/1.1\r\nX-A: \0\r\n" + Last)]
    [InlineData(400, "GET " + Model + " HTTP/1.1\r\nContent-Length: 0\r\nContent-Length: 5\r\n" + Last)]
    [InlineData(400, "GET " + Model + " HTTP/1.1\r\nContent-Length: -1\r\n" + Last)]
    [InlineData(400, "GET " + Model + " HTTP/1.1\r\nTransfer-Encoding: gzip\r\n" + Last)]
    public async Task A_malformed_request_is_refused_and_its_connection_is_closed(int status, string request)
    {
        Assert.Equal($"{status}", Statuses(await AskAsync(request)));
        await AssertServesAsync();
    }

    [Theory]
    [InlineData("/mlhub/v1/%2e%2e/datasets")]
    [InlineData("/mlhub/v1/../v1/datasets")]
    [InlineData("//mlhub/v1/datasets")]
    [InlineData("/mlhub//v1/datasets")]
    [InlineData("/mlhub/v1//datasets")]
    [InlineData("/mlhub/v1/datasets/%ff%fe")]
    [InlineData("/mlhub/v1/datasets/%c0%af")]
    [InlineData("/mlhub/v1/datasets/%zz")]
    [InlineData("/mlhub/v1/datasets/%")]
    [InlineData("/mlhub/v1/datasets/\\..\\x")]
    [InlineData("/mlhub/v1/datasets#fragment")]
    [InlineData("/storage/mlhub/assets/%2e%2e/%2e%2e/etc/passwd")]
    [InlineData("/storage/mlhub/assets/..%2f..%2fetc%2fpasswd")]
    [InlineData("/storage/mlhub/assets/../../etc/passwd")]
    [InlineData("/storage/mlhub/archives/.tar.gz")]
    public async Task A_path_that_leads_nowhere_is_a_404(string path) =>
        Assert.Equal("404", Statuses(await AskAsync($"GET {path} HTTP/1.1\r\n{Last}")));

    [Theory]
    [InlineData(7000, 404)]
    [InlineData(9000, 414)]
    public async Task A_long_path_is_a_404_and_a_longer_one_a_414(int length, int status) =>
        Assert.Equal($"{status}", Statuses(await AskAsync($"GET /mlhub/v1/datasets/{new string('a', length)} HTTP/1.1\r\n{Last}")));

    [Theory]
    [InlineData("GET /", 414)]
    [InlineData("GET / HTTP/1.1\r\nX: ", 431)]
    public async Task A_line_that_does_not_end_is_refused_at_the_limit(string start, int status)
    {
        await using var hub = await MlHubSandbox.StartAsync(new MlHubServerOptions { Limits = new() { RequestLineBytes = 200, HeaderBytes = 300 } });
        Assert.Equal($"{status}", Statuses(await AskAsync(start + new string('a', 400), port: hub.RootUrl.Port)));
    }

    [Fact]
    public async Task More_than_100_headers_cause_a_431()
    {
        var headers = string.Concat(Enumerable.Range(0, 100).Select(number => $"X-{number}: a\r\n"));
        Assert.Equal("431", Statuses(await AskAsync($"GET {Model} HTTP/1.1\r\n{headers}{Last}")));
    }

    [Theory]
    [InlineData("Content-Length: 5\r\n", "hello")]
    [InlineData("Transfer-Encoding: chunked\r\n", "5\r\nhello\r\n0\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\n", "zz\r\ngarbage\r\n\r\n")]
    [InlineData("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n")]
    public async Task A_body_is_not_read_and_the_bytes_after_it_are_not_read_as_a_request(string headers, string body) =>
        Assert.Equal("404", Statuses(await AskAsync($"GET {Model} HTTP/1.1\r\n{Host}{headers}\r\n{body}GET {Archive} HTTP/1.1\r\n{Last}")));

    [Fact]
    public async Task Pipelined_requests_get_their_responses_in_order()
    {
        var answers = await AskAsync($"GET {Model} HTTP/1.1\r\n{Host}\r\nHEAD {Archive} HTTP/1.1\r\n{Host}\r\nPOST {Model} HTTP/1.1\r\n{Host}Content-Length: 0\r\n\r\nGET {Model} HTTP/1.1\r\n{Last}");
        Assert.Equal("404 200 405 404", Statuses(answers));
    }

    [Theory]
    [InlineData("http://localhost" + Archive, 200)]
    [InlineData("http://localhost/mlhub/v1/x/../models", 404)]
    [InlineData("http://localhost/mlhub/v1/collections/a%2Fb", 404)]
    [InlineData("http://localhost", 404)]
    [InlineData("http://localhost?a=http://b/", 404)]
    public async Task An_absolute_target_means_the_same_as_its_path(string target, int status)
    {
        var own = target["http://localhost".Length..];
        var path = own.StartsWith('/') ? own : "/" + own;
        var answer = await AskAsync($"GET {target} HTTP/1.1\r\n{Last}");
        Assert.Equal($"{status}", Statuses(answer));
        Assert.Equal(WithoutDate(await AskAsync($"GET {path} HTTP/1.1\r\n{Last}")), WithoutDate(answer));
        Assert.Equal(_hub.Requests[1], _hub.Requests[0] with { Headers = _hub.Requests[1].Headers });
    }

    [Fact]
    public async Task A_client_of_HTTP_1_0_needs_no_Host_and_gets_links_to_the_address_that_it_used()
    {
        var answer = await AskAsync("GET /mlhub/v1/collections/sandbox_crops_kenya_s2 HTTP/1.0\r\n\r\n");
        Assert.Equal("200", Statuses(answer));
        Assert.Contains($"\"href\":\"{_hub.RootUrl}collections/sandbox_crops_kenya_s2\"", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData($"GET {Model} HTTP/1.1\r\n{Host}\r\n")]
    [InlineData($"GET {Archive} HTTP/1.1\r\n{Host}\r\n")]
    [InlineData("GET /mlhub")]
    [InlineData("")]
    public async Task A_client_that_closes_its_sending_side_gets_a_response_or_a_closed_connection(string request)
    {
        Assert.DoesNotContain(' ', Statuses(await AskAsync(request, closesItsHalf: true)));
        await AssertServesAsync();
    }

    private async Task AssertServesAsync() => Assert.Equal("404", Statuses(await AskAsync($"GET {Model} HTTP/1.1\r\n{Last}")));

    // All that the server says until it closes the connection.
    private async Task<string> AskAsync(string request, bool closesItsHalf = false, int? port = null)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, port ?? _hub.RootUrl.Port);
        await socket.SendAsync(Encoding.Latin1.GetBytes(request));
        if (closesItsHalf)
        {
            socket.Shutdown(SocketShutdown.Send);
        }

        var (answer, buffer) = (new StringBuilder(), new byte[64 * 1024]);
        try
        {
            for (int read; (read = await socket.ReceiveAsync(buffer).WaitAsync(TimeSpan.FromSeconds(30))) > 0;)
            {
                answer.Append(Encoding.Latin1.GetString(buffer, 0, read));
            }
        }
        catch (SocketException)
        {
            // A reset closes the connection as well.
        }

        return answer.ToString();
    }

    // An answer begins where the body of the one before it ends, which need not be a new line.
    private static string Statuses(string answers) => string.Join(' ', answers.Split("HTTP/1.1 ")[1..].Select(answer => answer[..3]));

    private static string WithoutDate(string answer) => string.Join('\n', answer.Split("\r\n").Where(line => !line.StartsWith("Date: ", StringComparison.Ordinal)));
}
