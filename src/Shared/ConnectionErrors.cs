using System.Net.Sockets;
using System.Security.Authentication;

namespace MlHub;

/// <summary>
/// What went wrong with a connection, as a part of a sentence. Messages of .NET name its limits and error types, and mix the bytes of a server with its own words.
/// Those of the operating system, such as "Connection refused", stay.
/// </summary>
internal static class ConnectionErrors
{
    private const string Ended = "the server closed the connection before its response was complete";

    /// <summary>The reason, on one line or more, without a full stop. Bytes that the server sent are between quotes.</summary>
    internal static string Reason(Exception error) => error switch
    {
        // Words of this project: a part of a sentence. Messages of .NET begin with a capital letter.
        HttpRequestException when error.Message is [>= 'a' and <= 'z', ..] => error.Message.TrimEnd('.'),

        // .NET adds the address that was tried, which may be that of a proxy.
        HttpRequestException { InnerException: SocketException socket } => $"{socket.Message}{AddressIn(error.Message)}",
        HttpRequestException { InnerException: { } inner } => Reason(inner),
        HttpRequestException { HttpRequestError: var kind and not HttpRequestError.Unknown } => OfHttp(kind, error.Message),
        HttpIOException http => OfHttp(http.HttpRequestError, error.Message),
        AuthenticationException or System.Security.Cryptography.CryptographicException => $"the TLS handshake failed{OfTls(error)}",
        IOException { InnerException: { } inner } => Reason(inner),
        IOException when error.GetType() == typeof(IOException) || error is EndOfStreamException => Ended,
        OperationCanceledException => "no answer came in time",

        // Exceptions of this project, of a handler of the user, and of the operating system.
        _ => error.Message.TrimEnd('.'),
    };

    private static string OfHttp(HttpRequestError kind, string message) => kind switch
    {
        HttpRequestError.ResponseEnded => Ended,
        HttpRequestError.InvalidResponse => $"the server sent something that is not HTTP{Quote(message)}",
        HttpRequestError.ConfigurationLimitExceeded => "the headers of the response are too large",
        HttpRequestError.HttpProtocolError or HttpRequestError.ExtendedConnectNotSupported or HttpRequestError.VersionNegotiationError => "the server ended the response with an error of HTTP/2",
        HttpRequestError.ProxyTunnelError or HttpRequestError.UserAuthenticationError => "the proxy refused the connection",

        // .NET gives an inner exception for the others. Without one, the exception is of a handler of the user.
        _ => message.TrimEnd('.'),
    };

    // The reason of OpenSSL comes after the last colon: "error:0A000410:SSL routines::sslv3 alert handshake failure".
    private static string OfTls(Exception error)
    {
        var last = error;
        while (last.InnerException is { } inner)
        {
            last = inner;
        }

        return last.Message.StartsWith("error:", StringComparison.Ordinal) ? $" ({last.Message[(last.Message.LastIndexOf(':') + 1)..]})" : "";
    }

    // The messages for status lines, headers and chunks have the bytes between apostrophes.
    private static string Quote(string message) =>
        message.IndexOf('\'', StringComparison.Ordinal) is var start and >= 0 && message.LastIndexOf('\'') is var end && end > start ? $": '{message[(start + 1)..end]}'" : "";

    private static string AddressIn(string message) => message.EndsWith(')') && message.LastIndexOf(" (", StringComparison.Ordinal) is var start and >= 0 && message.IndexOf(':', start) > 0 ? message[start..] : "";
}
