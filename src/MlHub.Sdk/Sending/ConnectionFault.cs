using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;

namespace MlHub.Sdk;

/// <summary>
/// The reason why a request got no response, and whether a retry may succeed. docs/adr/0043 lists which exceptions .NET throws in which case.
/// </summary>
/// <param name="IsLasting">Whether a retry would fail in the same way, so that the fault should be reported immediately.</param>
/// <param name="Cause">What happened: part of a sentence, on one line, without a full stop.</param>
/// <param name="Advice">Advice in whole sentences. Null if the only advice is to try again.</param>
internal sealed record ConnectionFault(bool IsLasting, string Cause, string? Advice)
{
    /// <summary>Longer messages quote bytes that a server sent instead of a valid response.</summary>
    private const int LongestCause = 300;

    /// <summary>The message of .NET for a response to a TLS handshake that is not TLS.</summary>
    private const string NoTls = "Cannot determine the frame size";

    private const string Untrusted = "it is not signed by a certificate authority that this machine trusts";

    private const string TrustAdvice =
        "If you trust it, add its certificate authority to the system's certificate store, or set SSL_CERT_FILE to the authority's file (Linux).";

    /// <summary>The messages of .NET for a refusal in TLS: the first contains OpenSSL's error, the second is from Windows and macOS.</summary>
    private static readonly string[] RefusalsInTls = ["Authentication failed, see inner exception", "Authentication failed because the remote party sent a TLS alert"];

    private static readonly (string Flag, string Words, string Advice)[] CertificateProblems =
    [
        ("NotTimeValid", "it has expired or is not valid yet", "Check the clock of this machine; if it is right, the server needs a new certificate."),
        ("RemoteCertificateNameMismatch", "it is for another host name", "Check the host name in the address."),
        ("Revoked", "it was revoked", "Tell the operator of the server."),
        ("UntrustedRoot", Untrusted, TrustAdvice),
        ("PartialChain", Untrusted, TrustAdvice),
        ("RemoteCertificateChainErrors", Untrusted, TrustAdvice),
    ];

    /// <summary>
    /// Classifies an exception of a request. Every fault that is not known to be lasting counts as temporary: refused by another host, reset, too slow, ended
    /// early, no route, no response from DNS.
    /// </summary>
    /// <param name="exception">The exception of an HttpClient or of a body's stream.</param>
    /// <param name="url">The requested address, if known. It improves the advice.</param>
    public static ConnectionFault Of(Exception exception, Uri? url = null)
    {
        var chain = Chain(exception).ToArray();
        if (chain.OfType<AuthenticationException>().FirstOrDefault() is { } tls)
        {
            return OfTls(tls);
        }

        if (chain.OfType<SocketException>().Any(socket => socket.SocketErrorCode is SocketError.HostNotFound or SocketError.NoData))
        {
            return Lasting(exception, "Check the host name in the address, and that of a proxy if one is set.");
        }

        // A proxy may be on loopback and start again later; url is then another host. A server on loopback starts when its user starts it.
        if (url is { IsLoopback: true } && chain.OfType<SocketException>().Any(socket => socket.SocketErrorCode == SocketError.ConnectionRefused))
        {
            return Lasting(exception, "No program listens on that port of this machine: start the server, or check the port of the address.");
        }

        return chain.OfType<HttpRequestException>().FirstOrDefault() switch
        {
            { HttpRequestError: HttpRequestError.ProxyTunnelError or HttpRequestError.UserAuthenticationError } proxy => OfProxy(proxy, chain),
            { HttpRequestError: HttpRequestError.InvalidResponse } => Lasting(exception, "The response is not HTTP: check the scheme and the port of the address."),
            { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded } => Lasting(exception, "Tell the operator of the server that its response headers are too large."),
            _ => new ConnectionFault(IsLasting: false, ReasonOf(exception), AdviceForSilence(exception, url)),
        };
    }

    /// <summary>The cause without the host and the port, for a message that names them already.</summary>
    public string CauseAt(Uri url) => Cause.Replace($" ({url.IdnHost}:{url.Port})", "", StringComparison.Ordinal);

    /// <summary>
    /// Whether a server closed the connection without a response. A server that expects TLS does this when it receives plain http, and then looks like a server
    /// that failed.
    /// </summary>
    internal static bool IsSilence(Exception exception) => Chain(exception).Any(cause =>
        cause is HttpIOException { HttpRequestError: HttpRequestError.ResponseEnded } or SocketException { SocketErrorCode: SocketError.ConnectionReset });

    /// <summary>Whether a time-out ended it, so that it took long.</summary>
    internal static bool IsTimeout(Exception exception) => Chain(exception).Any(cause => cause is TimeoutException or SocketException { SocketErrorCode: SocketError.TimedOut });

    /// <summary>Whether a handshake failed within TLS, which shows that the server uses TLS. An unknown message shows nothing.</summary>
    internal static bool IsInTls(AuthenticationException failed) => RefusalsInTls.Any(words => failed.Message.StartsWith(words, StringComparison.Ordinal));

    private static ConnectionFault Lasting(Exception exception, string advice) => new(IsLasting: true, ReasonOf(exception), advice);

    private static ConnectionFault OfTls(AuthenticationException tls)
    {
        if (tls.Message.StartsWith(NoTls, StringComparison.Ordinal))
        {
            return new(IsLasting: true, "the server does not speak TLS on this port", "Check the port of the address. Should it begin with http instead of https?");
        }

        // .NET reports the flags of SslPolicyErrors and X509ChainStatusFlags only in the message.
        var problems = CertificateProblems.Where(problem => tls.Message.Contains(problem.Flag, StringComparison.Ordinal)).ToArray();
        return problems.Length == 0
            ? Lasting(tls, "Check whether the address is right. If it is, the server and this machine have no TLS version or cipher in common.")
            : new(
                IsLasting: true,
                $"the server's certificate is not accepted: {string.Join(", and ", problems.Select(problem => problem.Words).Distinct())}",
                string.Join(' ', problems.Select(problem => problem.Advice).Distinct()));
    }

    private static ConnectionFault OfProxy(HttpRequestException proxy, Exception[] chain)
    {
        // .NET reports refusals of a SOCKS proxy with an internal exception, and distinguishes them only by the message.
        if (proxy.StatusCode == HttpStatusCode.ProxyAuthenticationRequired
            || proxy.HttpRequestError == HttpRequestError.UserAuthenticationError
            || chain.Any(cause => cause.Message.Contains("authenticat", StringComparison.Ordinal)))
        {
            return new(
                IsLasting: true,
                "the proxy requires a user name and a password, or rejects those that were given",
                "Put them into the proxy's address, with special characters percent-encoded: http://user:password@proxy.example:8080.");
        }

        return proxy.StatusCode is { } status
            ? new(IsLasting: !TransientErrors.Include(status), $"the proxy refused the connection with status {(int)status}", "Check the proxy's settings.")
            : new(IsLasting: false, ReasonOf(proxy), "Check the proxy's settings.");
    }

    private static string? AdviceForSilence(Exception exception, Uri? url) =>
        url?.Scheme == Uri.UriSchemeHttp && IsSilence(exception)
            ? "Should the address begin with https instead of http? Otherwise try again."
            : null;

    private static IEnumerable<Exception> Chain(Exception exception)
    {
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            yield return cause;
        }
    }

    private static string ReasonOf(Exception exception) =>
        OneLine(ConnectionErrors.Reason(exception is OperationCanceledException { InnerException: TimeoutException timeout } ? timeout : exception));

    private static string OneLine(string message)
    {
        var line = VisibleText.Of(message.ReplaceLineEndings(" ").Trim().TrimEnd('.'));
        return line.Length > LongestCause ? string.Concat(line.AsSpan(0, LongestCause), "…") : line;
    }
}
