using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace MlHub.Sdk.Tests.Sending;

/// <summary>What .NET really throws, by real sockets, and how it is classified.</summary>
public sealed class ConnectionFaultTests
{
    private const string ProxyLogin = "HTTP/1.1 407 Login\r\nProxy-Authenticate: Basic realm=\"p\"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

    [Fact]
    public async Task A_certificate_of_an_unknown_authority_is_not_retried()
    {
        using var server = Tls(Certificates.Create("localhost", daysLeft: 9));

        var fault = await FaultAsync($"https://localhost:{server.Port}/");

        Assert.True(fault.IsLasting);
        Assert.Equal("the server's certificate is not accepted: it is not signed by a certificate authority that this machine trusts", fault.Cause);
        Assert.Contains("SSL_CERT_FILE", fault.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_expired_certificate_is_not_retried()
    {
        using var certificate = Certificates.Create("localhost", daysLeft: -1);
        using var server = Tls(certificate);

        var fault = await FaultAsync($"https://localhost:{server.Port}/", trusted: certificate);

        Assert.True(fault.IsLasting);
        Assert.Equal("the server's certificate is not accepted: it has expired or is not valid yet", fault.Cause);
        Assert.Contains("clock", fault.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_for_another_name_is_not_retried()
    {
        using var certificate = Certificates.Create("other.example", daysLeft: 9);
        using var server = Tls(certificate);

        var fault = await FaultAsync($"https://localhost:{server.Port}/", trusted: certificate);

        Assert.True(fault.IsLasting);
        Assert.Equal("the server's certificate is not accepted: it is for another host name", fault.Cause);
        Assert.Contains("host name", fault.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_problem_of_a_certificate_is_named()
    {
        using var server = Tls(Certificates.Create("other.example", daysLeft: -1));

        var fault = await FaultAsync($"https://localhost:{server.Port}/");

        Assert.Contains("another host name, and it is not signed", fault.Cause, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("HTTP/1.1 400 Bad Request\r\n\r\n<html>")]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n")]
    public async Task Https_to_a_port_without_TLS_is_not_retried(string answer)
    {
        using var server = new LoopbackServer(async stream =>
        {
            _ = await stream.ReadAsync(new byte[2000]);
            await stream.WriteAsync(Encoding.ASCII.GetBytes(answer));
        });

        var fault = await FaultAsync($"https://localhost:{server.Port}/");

        Assert.True(fault.IsLasting);
        Assert.Equal("the server does not speak TLS on this port", fault.Cause);
        Assert.Contains("http instead of https", fault.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_TLS_handshake_that_the_server_refuses_is_not_retried()
    {
        using var server = new LoopbackServer(async stream =>
        {
            _ = await stream.ReadAsync(new byte[2000]);
            await stream.WriteAsync(new byte[] { 21, 3, 3, 0, 2, 2, 40 });
        });

        var fault = await FaultAsync($"https://localhost:{server.Port}/");

        Assert.True(fault.IsLasting);
        Assert.Contains("handshake failure", fault.Cause, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_TLS_handshake_that_breaks_off_is_retried()
    {
        using var server = new LoopbackServer(async stream => _ = await stream.ReadAsync(new byte[2000]));

        Assert.False((await FaultAsync($"https://localhost:{server.Port}/")).IsLasting);
    }

    [Fact]
    public async Task Http_to_a_port_with_TLS_is_reported_and_not_retried()
    {
        using var server = Tls(Certificates.Create("localhost", daysLeft: 9));

        var fault = await FaultAsync($"http://localhost:{server.Port}/");

        Assert.True(fault.IsLasting);
        Assert.Equal($"the server uses TLS on port {server.Port}, but the address begins with http", fault.Cause);
    }

    [Fact]
    public async Task Http_to_a_port_that_refuses_in_TLS_is_not_retried()
    {
        using var server = new LoopbackServer(async stream =>
        {
            // A greeting in TLS begins with 22 (RFC 8446 §5.1), the alert "handshake failure" with 21.
            var greeting = new byte[2000];
            _ = await stream.ReadAsync(greeting);
            await stream.WriteAsync(greeting[0] == 22 ? [21, 3, 3, 0, 2, 2, 40] : Array.Empty<byte>());
        });

        var fault = await FaultAsync($"http://localhost:{server.Port}/");

        Assert.True(fault.IsLasting);
        Assert.Equal($"the server uses TLS on port {server.Port}, but the address begins with http", fault.Cause);
    }

    [Theory]
    [InlineData("Authentication failed, see inner exception.", true)]
    [InlineData("Authentication failed because the remote party sent a TLS alert: 'HandshakeFailure'.", true)]
    [InlineData("Cannot determine the frame size or a corrupted frame was received.", false)]
    [InlineData("net_auth_SSPI", false)]
    public void Only_a_known_message_of_a_failed_handshake_shows_that_the_server_uses_TLS(string message, bool isInTls) =>
        Assert.Equal(isInTls, ConnectionFault.IsInTls(new AuthenticationException(message)));

    [Theory]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n\r\n", "the server sent something that is not HTTP: 'SSH-2.0-OpenSSH_9.2'")]
    [InlineData("\u0015\u0003\u0003\r\n\r\n", @"the server sent something that is not HTTP: '\u0015\u0003\u0003'")]
    [InlineData("HTTP/1.1 200 OK\r\nno colon\r\n\r\n", "the server sent something that is not HTTP: 'no colon '")]
    public async Task A_response_that_is_not_HTTP_is_not_retried(string answer, string cause)
    {
        using var server = LoopbackServer.Answering(answer);

        var fault = await FaultAsync($"http://127.0.0.1:{server.Port}/");

        Assert.True(fault.IsLasting);
        Assert.Equal(cause, fault.Cause);
        Assert.Contains("the scheme and the port", fault.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_long_response_that_is_not_HTTP_is_not_quoted_in_full()
    {
        using var server = LoopbackServer.Answering(new string('x', 5000) + "\r\n\r\n");

        Assert.Equal(301, (await FaultAsync($"http://127.0.0.1:{server.Port}/")).Cause.Length);
    }

    [Fact]
    public async Task Oversized_headers_are_not_retried()
    {
        using var server = LoopbackServer.Answering($"HTTP/1.1 200 OK\r\nX: {new string('x', 100_000)}\r\n\r\n");

        var fault = await FaultAsync($"http://127.0.0.1:{server.Port}/");

        Assert.True(fault.IsLasting);
        Assert.Contains("headers of the response are too large", fault.Cause, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 200 O")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Le")]
    public async Task A_response_that_ends_too_early_is_retried(string answer)
    {
        using var server = LoopbackServer.Answering(answer);

        var fault = await FaultAsync($"http://127.0.0.1:{server.Port}/");

        Assert.False(fault.IsLasting);
        Assert.Equal("the server closed the connection before its response was complete", fault.Cause);
    }

    [Fact]
    public async Task A_reset_connection_is_retried()
    {
        using var server = new LoopbackServer(async stream =>
        {
            await LoopbackServer.ReadHeadAsync(stream);
            stream.Socket.Close(timeout: 0);
        });

        var fault = await FaultAsync($"http://127.0.0.1:{server.Port}/");

        Assert.False(fault.IsLasting);
        Assert.Equal("Connection reset by peer", fault.Cause);
    }

    [Fact]
    public async Task A_connection_refused_by_this_machine_lasts_and_one_refused_by_another_is_retried()
    {
        var port = ClosedPort();
        var refused = new HttpRequestException("Connection refused (hub.example:80)", new SocketException((int)SocketError.ConnectionRefused));

        var here = await FaultAsync($"http://127.0.0.1:{port}/");

        Assert.True(here.IsLasting);
        Assert.Equal(($"Connection refused (127.0.0.1:{port})", "Connection refused"), (here.Cause, here.CauseAt(new Uri($"http://127.0.0.1:{port}/"))));
        Assert.Contains("start the server", here.Advice, StringComparison.Ordinal);
        Assert.False(ConnectionFault.Of(refused, new Uri("http://hub.example/")).IsLasting);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    public async Task A_call_refused_by_this_machine_is_not_repeated(string host)
    {
        using var log = new Downloads.CollectedLog();
        var port = ClosedPort();
        using var client = new MlHubClient(
            new MlHubClientOptions { RootUrl = new Uri($"http://{host}:{port}/"), Profile = "__anonymous__" }, loggerFactory: log);

        var e = await Assert.ThrowsAsync<MlHubException>(() => client.Datasets.GetByIdAsync("any"));

        Assert.DoesNotContain(log.Messages, message => message.StartsWith("Repeating", StringComparison.Ordinal));
        Assert.Equal(
            $"{host}:{port} could not be reached: Connection refused. No program listens on that port of this machine: start the server, or check the port of the address.", e.Message);
    }

    [Theory]
    [InlineData(SocketError.HostNotFound, true)]
    [InlineData(SocketError.NoData, true)]
    [InlineData(SocketError.TryAgain, false)]
    [InlineData(SocketError.NetworkUnreachable, false)]
    [InlineData(SocketError.TimedOut, false)]
    public async Task An_unknown_host_name_is_not_retried_and_an_unavailable_name_server_is(SocketError error, bool isLasting)
    {
        var connector = new HappyEyeballs(TimeProvider.System, (_, _) => Task.FromException<IPAddress[]>(new SocketException((int)error)));

        var fault = await FaultAsync("http://no.example.test/", connector: connector);

        Assert.Equal(isLasting, fault.IsLasting);
        Assert.Contains("(no.example.test:80)", fault.Cause, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http")]
    [InlineData("https")]
    public async Task A_proxy_that_requires_a_login_is_not_retried(string scheme)
    {
        using var proxy = LoopbackServer.Answering(ProxyLogin);

        var fault = await FaultAsync($"{scheme}://data.example.test/", proxy: $"http://127.0.0.1:{proxy.Port}");

        Assert.True(fault.IsLasting);
        Assert.Contains("user name and a password", fault.Cause, StringComparison.Ordinal);
        Assert.Contains("http://user:password@", fault.Advice, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\u0005\u00ff")]
    [InlineData("\u0005\u0002")]
    public async Task A_SOCKS_proxy_that_requires_a_login_is_not_retried(string answer)
    {
        using var proxy = Socks(answer);

        var fault = await FaultAsync("https://data.example.test/", proxy: $"socks5h://127.0.0.1:{proxy.Port}");

        Assert.True(fault.IsLasting);
        Assert.Contains("user name and a password", fault.Cause, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_SOCKS_proxy_that_rejects_the_login_is_not_retried()
    {
        using var proxy = Socks("\u0005\u0002", "\u0001\u0001");

        Assert.True((await FaultAsync("https://data.example.test/", proxy: $"socks5h://u:p@127.0.0.1:{proxy.Port}")).IsLasting);
    }

    [Theory]
    [InlineData(403, true)]
    [InlineData(502, false)]
    [InlineData(503, false)]
    public async Task A_failing_proxy_is_retried_and_a_forbidding_proxy_is_not(int status, bool isLasting)
    {
        using var proxy = LoopbackServer.Answering($"HTTP/1.1 {status} No\r\nContent-Length: 0\r\n\r\n");

        var fault = await FaultAsync("https://data.example.test/", proxy: $"http://127.0.0.1:{proxy.Port}");

        Assert.Equal(isLasting, fault.IsLasting);
        Assert.Equal($"the proxy refused the connection with status {status}", fault.Cause);
    }

    [Fact]
    public async Task An_unreachable_proxy_is_retried_and_the_cause_names_it()
    {
        var port = ClosedPort();

        var fault = await FaultAsync("https://data.example.test/", proxy: $"127.0.0.1:{port}");

        Assert.False(fault.IsLasting);
        Assert.Equal($"Connection refused (127.0.0.1:{port})", fault.Cause);
    }

    [Fact]
    public void A_time_out_is_retried_and_the_cause_says_what_took_too_long()
    {
        var connecting = new TaskCanceledException("The operation was canceled.", new TimeoutException("No connection within 15 seconds."));
        var waiting = new HttpRequestException("no response began within 100 s", new TimeoutException("inner", new OperationCanceledException()));

        Assert.Equal(new ConnectionFault(IsLasting: false, "No connection within 15 seconds", Advice: null), ConnectionFault.Of(connecting));
        Assert.Equal(new ConnectionFault(IsLasting: false, "no response began within 100 s", Advice: null), ConnectionFault.Of(waiting));
    }

    [Fact]
    public void A_body_that_violates_the_protocol_is_retried()
    {
        var broken = new HttpIOException(HttpRequestError.InvalidResponse, "Received chunk header length could not be parsed: 'zz'.");

        Assert.Equal(
            new ConnectionFault(IsLasting: false, "the server sent something that is not HTTP: 'zz'", Advice: null), ConnectionFault.Of(broken));
    }

    [Fact]
    public void A_TLS_failure_without_a_known_reason_is_not_retried()
    {
        var failed = new HttpRequestException("The SSL connection could not be established, see inner exception.", new AuthenticationException("Odd."));

        Assert.Equal("the TLS handshake failed", ConnectionFault.Of(failed).Cause);
        Assert.True(ConnectionFault.Of(failed).IsLasting);
    }

    [Fact]
    public async Task A_call_does_not_retry_a_lasting_fault_and_gives_advice()
    {
        using var server = LoopbackServer.Answering("SSH-2.0-OpenSSH_9.2\r\n\r\n");
        using var client = Client(server.Port);

        var e = await Assert.ThrowsAsync<MlHubException>(() => client.Datasets.GetByIdAsync("any"));

        Assert.Equal(1, server.Connections);
        Assert.Equal(
            $"127.0.0.1:{server.Port} could not be reached: the server sent something that is not HTTP: 'SSH-2.0-OpenSSH_9.2'. "
            + "The response is not HTTP: check the scheme and the port of the address.",
            e.Message);
    }

    /// <summary>A few bytes of an answer, because .NET itself repeats up to three times a request that got none.</summary>
    [Fact]
    public async Task A_call_retries_a_temporary_fault()
    {
        using var server = LoopbackServer.Answering("HTTP/1.1 ");
        using var client = Client(server.Port);

        await Assert.ThrowsAsync<MlHubException>(() => client.Datasets.GetByIdAsync("any"));

        // Three requests, and one greeting in TLS to find out whether the scheme is wrong.
        Assert.Equal(3 + 1, server.Connections);
    }

    private static MlHubClient Client(int port) => new(new MlHubClientOptions
    {
        RootUrl = new Uri($"http://127.0.0.1:{port}/"),
        Profile = "__anonymous__",
        Transfer = new TransferOptions { MaxRetries = 2, RetryBaseDelay = TimeSpan.Zero },
    });

    private static async Task<ConnectionFault> FaultAsync(
        string url, string? proxy = null, X509Certificate2? trusted = null, HappyEyeballs? connector = null)
    {
        using var handler = Sockets.Create(
            TimeSpan.FromSeconds(30), 8, name => name == "all_proxy" ? proxy : null, connector ?? HappyEyeballs.Default);
        if (trusted is not null)
        {
            Certificates.Trust(handler, trusted);
        }

        using var http = new HttpClient(handler, disposeHandler: false);
        var e = await Assert.ThrowsAsync<HttpRequestException>(() => http.GetAsync(new Uri(url), HttpCompletionOption.ResponseHeadersRead));
        return ConnectionFault.Of(e, new Uri(url));
    }

    private static LoopbackServer Tls(X509Certificate2 certificate) => new(async stream =>
    {
        using var tls = new SslStream(stream);
        await tls.AuthenticateAsServerAsync(certificate);
        await tls.ReadExactlyAsync(new byte[1]);
    });

    /// <summary>Answers each message with the next text, byte for byte, and waits for the client to close.</summary>
    private static LoopbackServer Socks(params string[] answers) => new(async stream =>
    {
        foreach (var answer in answers)
        {
            _ = await stream.ReadAsync(new byte[600]);
            await stream.WriteAsync(Encoding.Latin1.GetBytes(answer));
        }

        while (await stream.ReadAsync(new byte[600]) > 0)
        {
        }
    });

    private static int ClosedPort()
    {
        using var server = LoopbackServer.Answering("");
        return server.Port;
    }
}
