using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;

namespace MlHub.Sdk;

/// <summary>Why a request got no answer, and whether another try may get one. What .NET throws in which case is measured in docs/adr/0043.</summary>
/// <param name="IsLasting">True where another try would fail in the same way, so that the fault should be reported at once.</param>
/// <param name="Cause">The innermost message that helps: part of a sentence, on one line, without a full stop.</param>
/// <param name="Advice">What to do, in whole sentences; null where there is no more to say than that it may be tried again.</param>
internal sealed record ConnectionFault(bool IsLasting, string Cause, string? Advice)
{
    /// <summary>Longer messages quote what a server sent instead of an answer.</summary>
    private const int LongestCause = 300;

    /// <summary>What .NET says of an answer to a TLS greeting that is not TLS.</summary>
    private const string NoTls = "Cannot determine the frame size";

    private const string Untrusted = "no authority that this machine trusts has signed it";

    private const string TrustAdvice =
        "If you trust it, add its authority to the system's certificate store, or name the authority's file in SSL_CERT_FILE (Linux).";

    /// <summary>What .NET says of a refusal in TLS: the first with OpenSSL's error inside, the second on Windows and macOS.</summary>
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

    /// <summary>Classifies what sending threw. All that is not known to last may pass: refused by another machine, reset, too slow, ended early, no route, no answer of DNS.</summary>
    /// <param name="exception">The exception of an HttpClient or of a body's stream.</param>
    /// <param name="url">What was asked for, where known; it makes the advice better.</param>
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
            { HttpRequestError: HttpRequestError.InvalidResponse } => Lasting(exception, "It is not an answer in HTTP: check the scheme and the port of the address."),
            { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded } => Lasting(exception, "Tell the operator of the server: its answer's headers are too large."),
            _ => new ConnectionFault(IsLasting: false, InnermostMessage(exception), AdviceForSilence(exception, url)),
        };
    }

    /// <summary>The cause without the host and the port, for a message that names them already.</summary>
    public string CauseAt(Uri url) => Cause.Replace($" ({url.IdnHost}:{url.Port})", "", StringComparison.Ordinal);

    /// <summary>
    /// Whether a server closed the connection without an answer. One that expects TLS does so when it reads plain http, and so looks like one that broke down.
    /// </summary>
    internal static bool IsSilence(Exception exception) => Chain(exception).Any(cause =>
        cause is HttpIOException { HttpRequestError: HttpRequestError.ResponseEnded } or SocketException { SocketErrorCode: SocketError.ConnectionReset });

    /// <summary>Whether a time-out ended it, so that it took long.</summary>
    internal static bool IsTimeout(Exception exception) => Chain(exception).Any(cause => cause is TimeoutException or SocketException { SocketErrorCode: SocketError.TimedOut });

    /// <summary>Whether a handshake failed in TLS, so that the server speaks it. A message that is not known says nothing.</summary>
    internal static bool IsInTls(AuthenticationException failed) => RefusalsInTls.Any(words => failed.Message.StartsWith(words, StringComparison.Ordinal));

    private static ConnectionFault Lasting(Exception exception, string advice) => new(IsLasting: true, InnermostMessage(exception), advice);

    private static ConnectionFault OfTls(AuthenticationException tls)
    {
        if (tls.Message.StartsWith(NoTls, StringComparison.Ordinal))
        {
            return new(IsLasting: true, "the server does not speak TLS on this port", "Check the port of the address. Should it begin with http instead of https?");
        }

        // .NET names the flags of SslPolicyErrors and X509ChainStatusFlags in the message, and nowhere else.
        var problems = CertificateProblems.Where(problem => tls.Message.Contains(problem.Flag, StringComparison.Ordinal)).ToArray();
        return problems.Length == 0
            ? Lasting(tls, "Check whether the address is right. If it is, the server and this machine do not agree on TLS.")
            : new(
                IsLasting: true,
                $"the server's certificate is not accepted: {string.Join(", and ", problems.Select(problem => problem.Words).Distinct())}",
                string.Join(' ', problems.Select(problem => problem.Advice).Distinct()));
    }

    private static ConnectionFault OfProxy(HttpRequestException proxy, Exception[] chain)
    {
        // .NET reports the refusals of a SOCKS proxy with an internal exception, and tells them apart by the message alone.
        if (proxy.StatusCode == HttpStatusCode.ProxyAuthenticationRequired
            || proxy.HttpRequestError == HttpRequestError.UserAuthenticationError
            || chain.Any(cause => cause.Message.Contains("authenticat", StringComparison.Ordinal)))
        {
            return new(
                IsLasting: true,
                "the proxy asks for a user name and a password, or refuses those it was given",
                "Put them into the proxy's address, with special characters percent-encoded: http://user:password@proxy.example:8080.");
        }

        return proxy.StatusCode is { } status
            ? new(IsLasting: !TransientErrors.Include(status), $"the proxy refused the connection with status {(int)status}", "Check the proxy's settings.")
            : new(IsLasting: false, InnermostMessage(proxy), "Check the proxy's settings.");
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

    /// <summary>
    /// The innermost message, with two exceptions. "Connection refused (example.org:443)" says more than the "Connection refused" inside.
    /// A timeout of ours says more than the cancellation by which it came about.
    /// </summary>
    private static string InnermostMessage(Exception exception)
    {
        var cause = exception is OperationCanceledException { InnerException: TimeoutException timeout } ? timeout : exception;
        while (cause.InnerException is { } inner
            && inner is not (OperationCanceledException or TimeoutException)
            && !cause.Message.StartsWith(inner.Message, StringComparison.Ordinal))
        {
            cause = inner;
        }

        return OneLine(cause is HttpIOException http ? cause.Message.Replace($" ({http.HttpRequestError})", "", StringComparison.Ordinal) : cause.Message);
    }

    private static string OneLine(string message)
    {
        var line = string.Concat(message.Select(c => char.IsControl(c) ? ' ' : c)).Trim().TrimEnd('.');
        return line.Length > LongestCause ? string.Concat(line.AsSpan(0, LongestCause), "…") : line;
    }
}
