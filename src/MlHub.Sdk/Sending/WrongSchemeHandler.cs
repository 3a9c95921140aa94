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
internal sealed class WrongSchemeHandler(HappyEyeballs connector, IWebProxy proxy, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    // A server that speaks TLS answers a greeting at once. One that speaks http waits for the rest of a request.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, Task<bool>> _speakTls = new(StringComparer.OrdinalIgnoreCase);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        }
        catch (HttpRequestException e) when (IsSilence(e) && request.RequestUri is { Scheme: "http" } url && proxy.IsBypassed(url))
        {
            if (await _speakTls.GetOrAdd(url.Authority, _ => SpeaksTlsAsync(url)).WaitAsync(cancellationToken).ConfigureAwait(false))
            {
                throw new HttpRequestException(HttpRequestError.InvalidResponse, $"the server speaks TLS on port {url.Port}, and http was asked for");
            }

            throw;
        }
    }

    private static bool IsSilence(Exception? exception)
    {
        for (; exception is not null; exception = exception.InnerException)
        {
            if (exception is HttpIOException { HttpRequestError: HttpRequestError.ResponseEnded } or SocketException { SocketErrorCode: SocketError.ConnectionReset })
            {
                return true;
            }
        }

        return false;
    }

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
        catch (AuthenticationException e)
        {
            // A refusal in TLS is TLS. An answer of another kind is not.
            return !e.Message.StartsWith("Cannot determine the frame size", StringComparison.Ordinal);
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
        {
            return false;
        }
    }
}
