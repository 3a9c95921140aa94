using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MlHub.Sdk;

/// <summary>Creates the connections for API calls and downloads. See docs/adr/0043.</summary>
internal static class Sockets
{
    // On Linux, .NET reads all certificates that the system trusts before the first handshake can end. That takes about 0.1 s of processor time on Debian, so it
    // begins while the first connection is made.
    private static readonly Lazy<Task> TrustedRoots = new(() => OperatingSystem.IsLinux() ? Task.Run(ReadTrustedRoots) : Task.CompletedTask);

    public static HttpMessageHandler Create(TimeSpan connectTimeout, int mostConnections = int.MaxValue) =>
        Create(connectTimeout, mostConnections, Environment.GetEnvironmentVariable, HappyEyeballs.Default);

    internal static HttpMessageHandler Create(TimeSpan connectTimeout, int mostConnections, Func<string, string?> environment, HappyEyeballs connector)
    {
        var proxy = new EnvironmentProxy(environment, HttpClient.DefaultProxy);
        var sockets = new SocketsHttpHandler
        {
            // The handlers of this library follow redirects, because they know where the key may be sent. Bodies are not decompressed, because files are stored
            // as the server has them.
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            UseCookies = false,
            ConnectTimeout = connectTimeout,
            ConnectCallback = (context, cancellationToken) => ConnectAsync(connector, context, cancellationToken),
            MaxConnectionsPerServer = mostConnections,
            Proxy = proxy,

            // A long-lived client detects changed DNS entries.
            PooledConnectionLifetime = TimeSpan.FromMinutes(15),

            // A cancelled body is not read to its end just to keep its connection.
            MaxResponseDrainSize = 64 * 1024,
        };
        return new ExplainingHandler(connectTimeout, proxy, new TlsProbe(connector), sockets);
    }

    /// <summary>Connects to the server, or to the proxy, which is then the context's endpoint.</summary>
    private static async ValueTask<Stream> ConnectAsync(HappyEyeballs connector, SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var carriesTls = CarriesTls(context.InitialRequestMessage);
        _ = carriesTls ? TrustedRoots.Value : Task.CompletedTask;
        var socket = await connector.ConnectAsync(context.DnsEndPoint, cancellationToken).ConfigureAwait(false);
        var stream = new NetworkStream(socket, ownsSocket: true);
        return carriesTls ? new ReadAheadStream(stream) : stream;
    }

    private static void ReadTrustedRoots()
    {
        try
        {
            using var store = new X509Store(StoreName.Root, StoreLocation.LocalMachine, OpenFlags.ReadOnly);
            foreach (var certificate in store.Certificates)
            {
                certificate.Dispose();
            }
        }
        catch (Exception error) when (error is CryptographicException or IOException or UnauthorizedAccessException)
        {
            // The handshake reads them again and reports the error.
        }
    }

    /// <summary>A CONNECT opens a tunnel through a proxy, and TLS goes through it.</summary>
    private static bool CarriesTls(HttpRequestMessage request) =>
        request.Method == HttpMethod.Connect || request.RequestUri!.Scheme == Uri.UriSchemeHttps;

    /// <summary>
    /// Adds messages that SocketsHttpHandler does not give: that connecting took too long, that the proxy caused the fault, or that the scheme is wrong.
    /// </summary>
    private sealed class ExplainingHandler(TimeSpan connectTimeout, EnvironmentProxy proxy, TlsProbe probe, HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var url = request.RequestUri!;
            proxy.RequireUsable(url);
            try
            {
                var response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
                if (response.StatusCode != HttpStatusCode.ProxyAuthenticationRequired)
                {
                    return response;
                }

                // For https, .NET throws an exception itself.
                response.Dispose();
                throw new HttpRequestException(
                    HttpRequestError.ProxyTunnelError, "the proxy requires a user name and a password", inner: null, HttpStatusCode.ProxyAuthenticationRequired);
            }
            catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested && e.InnerException is TimeoutException)
            {
                // .NET reports the time-out as a cancellation.
                throw new HttpRequestException(HttpRequestError.ConnectionError, $"no connection within {Seconds.Text(connectTimeout)}", e);
            }
            catch (HttpRequestException e) when (ConnectionFault.IsSilence(e) && url.Scheme == Uri.UriSchemeHttp && proxy.IsBypassed(url))
            {
                if (await probe.AskAsync(url, cancellationToken).ConfigureAwait(false))
                {
                    throw new HttpRequestException(HttpRequestError.InvalidResponse, $"the server uses TLS on port {url.Port}, but the address begins with http");
                }

                throw;
            }
        }
    }
}
