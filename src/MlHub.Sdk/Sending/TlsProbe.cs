using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace MlHub.Sdk;

/// <summary>
/// Finds out whether an address should begin with https. A server that expects TLS closes the connection when it reads plain http, or answers with a TLS
/// alert, and so looks like one that broke down. One TLS greeting to the same port, once for each server, tells the two apart.
/// </summary>
internal sealed class TlsProbe(HappyEyeballs connector)
{
    // A server that speaks TLS answers a greeting at once. One that speaks http waits for the rest of a request.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, Task<bool>> _speakTls = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether the server of an http address speaks TLS on that port.</summary>
    internal Task<bool> AskAsync(Uri url, CancellationToken cancellationToken) =>
        _speakTls.GetOrAdd(url.Authority, _ => SpeaksTlsAsync(url)).WaitAsync(cancellationToken);

    // Nothing is sent over this connection, so that the certificate does not matter.
    private async Task<bool> SpeaksTlsAsync(Uri url)
    {
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            using var socket = await connector.ConnectAsync(new DnsEndPoint(url.IdnHost, url.Port), patience.Token).ConfigureAwait(false);
            var stream = new NetworkStream(socket);
            await using (stream.ConfigureAwait(false))
            {
#pragma warning disable CA5359 // Whether the certificate is right is not the question.
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
