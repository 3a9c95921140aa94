using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace MlHub.Sdk;

/// <summary>
/// Finds out whether an address should begin with https. A server that expects TLS closes the connection when it receives plain http, or sends a TLS alert, and
/// then looks like a server that failed. One TLS handshake with the same port, once for each server, distinguishes the two.
/// </summary>
internal sealed class TlsProbe(HappyEyeballs connector)
{
    // A TLS server responds to a handshake immediately. An http server waits for the rest of a request.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, Task<bool>> _speakTls = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether the server of an http address uses TLS on that port.</summary>
    internal Task<bool> AskAsync(Uri url, CancellationToken cancellationToken) =>
        _speakTls.GetOrAdd(url.Authority, _ => SpeaksTlsAsync(url)).WaitAsync(cancellationToken);

    // Nothing is sent over this connection, so the certificate does not matter.
    private async Task<bool> SpeaksTlsAsync(Uri url)
    {
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            using var socket = await connector.ConnectAsync(new DnsEndPoint(url.IdnHost, url.Port), patience.Token).ConfigureAwait(false);
            var stream = new NetworkStream(socket);
            await using (stream.ConfigureAwait(false))
            {
#pragma warning disable CA5359 // The validity of the certificate is not checked here.
                var tls = new SslStream(stream, leaveInnerStreamOpen: false, static (_, _, _, _) => true);
#pragma warning restore CA5359
                await using (tls.ConfigureAwait(false))
                {
                    await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = url.IdnHost }, patience.Token).ConfigureAwait(false);
                    return true;
                }
            }
        }
        catch (AuthenticationException refused)
        {
            return ConnectionFault.IsInTls(refused);
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
        {
            return false;
        }
    }
}
