using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;

namespace MlHub.Sdk.Tests.Downloads;

/// <summary>A lasting fault ends a download immediately. After bytes were received it may be one bad server among several, and is retried.</summary>
public sealed class LastingFaultTests : DownloadTest
{
    // As .NET throws them: ConnectionFaultTests gets them from real sockets.
    private static readonly Dictionary<string, Func<Exception>> Faults = new(StringComparer.Ordinal)
    {
        ["expired certificate"] = () => Tls("The remote certificate is invalid because of errors in the certificate chain: NotTimeValid"),
        ["certificate for another name"] = () => Tls("The remote certificate is invalid according to the validation procedure: RemoteCertificateNameMismatch"),
        ["certificate of nobody known"] = () => Tls("The remote certificate is invalid because of errors in the certificate chain: UntrustedRoot"),
        ["no TLS on this port"] = () => Tls("Cannot determine the frame size or a corrupted frame was received."),
        ["no such name"] = () => Unreachable(HttpRequestError.NameResolutionError, SocketError.HostNotFound),
        ["name without an address"] = () => Unreachable(HttpRequestError.NameResolutionError, SocketError.NoData),
        ["refused by this machine"] = () => Unreachable(HttpRequestError.ConnectionError, SocketError.ConnectionRefused),
        ["no HTTP"] = () => new HttpRequestException(
            HttpRequestError.InvalidResponse, "An error occurred while sending the request.",
            new HttpIOException(HttpRequestError.InvalidResponse, "the server sent something that is not HTTP: 'SSH-2.0-OpenSSH_9.2'.")),
        ["oversized headers"] = () => new HttpRequestException(
            HttpRequestError.ConfigurationLimitExceeded, "An error occurred while sending the request.",
            new HttpIOException(HttpRequestError.ConfigurationLimitExceeded, "The HTTP response headers length exceeded the set limit of 65536 bytes.")),
        ["proxy login"] = () => new HttpRequestException(
            HttpRequestError.ProxyTunnelError, "The proxy tunnel request failed with status code '407'.", inner: null, HttpStatusCode.ProxyAuthenticationRequired),
    };

    public static TheoryData<string> All => new(Faults.Keys);

    [Theory]
    [InlineData("expired certificate", "it has expired or is not valid yet. Check the clock of this machine")]
    [InlineData("certificate for another name", "it is for another host name. Check the host name")]
    [InlineData("certificate of nobody known", "it is not signed by a certificate authority that this machine trusts. If you trust it")]
    [InlineData("no TLS on this port", "the server does not speak TLS on this port.")]
    [InlineData("no such name", "Check the host name in the address")]
    [InlineData("name without an address", "Check the host name in the address")]
    [InlineData("refused by this machine", "No program listens on that port of this machine: start the server")]
    [InlineData("no HTTP", "the server sent something that is not HTTP: 'SSH-2.0-OpenSSH_9.2'. The response is not HTTP: check the scheme and the port")]
    [InlineData("oversized headers", "the headers of the response are too large. Tell the operator")]
    [InlineData("proxy login", "the proxy requires a user name and a password, or rejects those that were given. Put them into the proxy's address")]
    public async Task A_lasting_fault_ends_the_download_immediately_with_its_cause_and_advice(string fault, string words)
    {
        var sent = 0;
        using var log = new CollectedLog();
        using var wire = Failing((_, number) => (sent = number) > 0, fault);

        var downloader = NewDownloader(options => (options.Handler, options.Loggers) = (wire, log));
        var error = await Assert.ThrowsAsync<DownloadException>(() => downloader.DownloadAsync(Request));

        Assert.Equal((DownloadFailure.Network, 1), (error.Reason, sent));
        Assert.StartsWith($"{Server.Root.Authority} could not be reached: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
        Assert.Equal(Server.Url("data.bin").ToString(), error.RequestUrl?.ToString());
        Assert.DoesNotContain("secret", error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(log.Messages, message => message.Contains("Trying again", StringComparison.Ordinal));
        Assert.Empty(Directory.GetFiles(Output));
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task A_lasting_fault_is_retried_after_bytes_were_received(string fault)
    {
        using var wire = Failing((_, number) => number == 2, fault);
        Remote.Twist = (request, answer) => request.Number == 1 ? answer with { Body = answer.Body[..1_000_000], End = ScriptedEnd.Close } : answer;

        var result = await NewDownloader(options => options.Handler = wire).DownloadAsync(Request with { Options = new() { Connections = 1 } });

        await AssertWholeAsync(result);
        Assert.Equal((2, 0), (result.Retries, result.Restarts));
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task A_lasting_fault_is_retried_if_an_earlier_attempt_received_bytes(string fault)
    {
        // A refusal of the second request ends the attempt. The first request of the next one has the fault.
        using var wire = Failing((_, number) => number == 3, fault);
        Remote.Twist = (request, answer) => request.Number switch
        {
            1 => answer with { Body = answer.Body[..1_000_000], End = ScriptedEnd.Close },
            2 => ScriptedAnswer.Of(404, []),
            _ => answer,
        };

        var result = await NewDownloader(options => options.Handler = wire).DownloadAsync(Request with { Options = new() { Connections = 1 } });

        await AssertWholeAsync(result);
        Assert.Equal(0, result.Restarts);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task A_lasting_fault_on_an_additional_connection_ends_only_that_connection(string fault)
    {
        var (refused, pieces) = (new TaskCompletionSource(), 0);
        using var log = new CollectedLog { Heard = message => _ = message.StartsWith("An additional connection", StringComparison.Ordinal) && refused.TrySetResult() };
        using var wire = Failing((_, number) => number > 1, fault);
        Remote.Twist = (_, answer) => answer with { BeforePiece = stop => ++pieces == 8 ? refused.Task.WaitAsync(stop) : Task.CompletedTask };

        var downloader = NewDownloader(options => (options.Handler, options.Loggers) = (wire, log));
        var result = await downloader.DownloadAsync(Request with { Options = new() { Connections = 2 } });

        await AssertWholeAsync(result);
        Assert.Equal((0, 0), (result.Retries, result.Restarts));
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task A_lasting_fault_keeps_the_part_file_of_an_earlier_run_for_a_later_resume(string fault)
    {
        await InterruptAsync();
        using var wire = Failing((_, _) => true, fault);

        var error = await Assert.ThrowsAsync<DownloadException>(() => NewDownloader(options => options.Handler = wire).DownloadAsync(Request));
        var result = await DownloadAsync();

        Assert.Equal(DownloadFailure.Network, error.Reason);
        await AssertWholeAsync(result);
        Assert.True(result.ResumedFrom > 0);
    }

    [Theory]
    [InlineData(SocketError.TryAgain)]
    [InlineData(SocketError.NetworkUnreachable)]
    [InlineData(SocketError.TimedOut)]
    public async Task A_temporary_fault_is_retried(SocketError code)
    {
        using var wire = new Wire { BeforeRequest = (_, number) => number <= 2 ? throw Unreachable(HttpRequestError.ConnectionError, code) : Task.CompletedTask };

        var result = await NewDownloader(options => options.Handler = wire).DownloadAsync(Request);

        await AssertWholeAsync(result);
        Assert.Equal(2, result.Retries);
    }

    [Fact]
    public async Task An_error_in_the_settings_is_reported_unchanged()
    {
        var settings = new MlHubException("The environment variable https_proxy is not the address of a proxy that can be used.");
        using var wire = new Wire { BeforeRequest = (_, _) => throw settings };

        var error = await Assert.ThrowsAsync<MlHubException>(() => NewDownloader(options => options.Handler = wire).DownloadAsync(Request));

        Assert.Same(settings, error);
    }

    [Fact]
    public async Task A_server_with_another_protocol_gets_only_one_request()
    {
        using var ssh = LoopbackServer.Answering("SSH-2.0-OpenSSH_9.2\r\n\r\n");

        var error = await Assert.ThrowsAsync<DownloadException>(() => DownloadAsync(Request with { Url = new Uri($"http://127.0.0.1:{ssh.Port}/data.bin") }));

        Assert.Contains("SSH-2.0-OpenSSH_9.2", error.Message, StringComparison.Ordinal);
        Assert.Equal(1, ssh.Connections);
    }

    private static Wire Failing(Func<HttpRequestMessage, int, bool> fails, string fault) =>
        new() { BeforeRequest = (request, number) => fails(request, number) ? throw Faults[fault]() : Task.CompletedTask };

    private static HttpRequestException Tls(string message) =>
        new(HttpRequestError.SecureConnectionError, "The SSL connection could not be established, see inner exception.", new AuthenticationException(message));

    private static HttpRequestException Unreachable(HttpRequestError error, SocketError code)
    {
        var inner = new SocketException((int)code);
        return new HttpRequestException(error, $"{inner.Message} (data.example.test:443)", inner);
    }
}
