using System.Net;
using System.Net.Sockets;

namespace MlHub.Sdk;

/// <summary>The connections that API calls and downloads are sent over. See docs/adr/0043.</summary>
internal static class Sockets
{
    public static HttpMessageHandler Create(TimeSpan connectTimeout, int mostConnections = int.MaxValue) =>
        Create(connectTimeout, mostConnections, Environment.GetEnvironmentVariable, HappyEyeballs.Default);

    internal static HttpMessageHandler Create(TimeSpan connectTimeout, int mostConnections, Func<string, string?> environment, HappyEyeballs connector)
    {
        var proxy = new EnvironmentProxy(environment, HttpClient.DefaultProxy);
        var sockets = new SocketsHttpHandler
        {
            // Our own handlers follow redirects, since they know where the key may go. Bytes are wanted as the server stores them.
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            UseCookies = false,
            ConnectTimeout = connectTimeout,
            ConnectCallback = (context, cancellationToken) => ConnectAsync(connector, context, cancellationToken),
            MaxConnectionsPerServer = mostConnections,
            Proxy = proxy,

            // A long-lived client notices that a name has moved.
            PooledConnectionLifetime = TimeSpan.FromMinutes(15),

            // A body that is given up is not read to its end only to keep its connection.
            MaxResponseDrainSize = 64 * 1024,
        };
        return new ExplainingHandler(connectTimeout, proxy, new TlsProbe(connector), sockets);
    }

    /// <summary>Connects to the server, or to the proxy, which is then the context's endpoint.</summary>
    private static async ValueTask<Stream> ConnectAsync(HappyEyeballs connector, SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var socket = await connector.ConnectAsync(context.DnsEndPoint, cancellationToken).ConfigureAwait(false);
        var stream = new NetworkStream(socket, ownsSocket: true);
        return CarriesTls(context.InitialRequestMessage) ? new ReadAheadStream(stream) : stream;
    }

    /// <summary>A CONNECT opens a tunnel through a proxy, and TLS goes through it.</summary>
    private static bool CarriesTls(HttpRequestMessage request) =>
        request.Method == HttpMethod.Connect || request.RequestUri!.Scheme == Uri.UriSchemeHttps;

    /// <summary>Says what SocketsHttpHandler does not: that connecting took too long, that the proxy is the trouble, or that the scheme is wrong.</summary>
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

                // For https, .NET throws.
                response.Dispose();
                throw new HttpRequestException(
                    HttpRequestError.ProxyTunnelError, "the proxy asks for a user name and a password", inner: null, HttpStatusCode.ProxyAuthenticationRequired);
            }
            catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested && e.InnerException is TimeoutException)
            {
                // .NET reports a cancellation, though nobody cancelled.
                throw new HttpRequestException(HttpRequestError.ConnectionError, $"no connection within {connectTimeout.TotalSeconds:0.###} s", e);
            }
            catch (HttpRequestException e) when (ConnectionFault.IsSilence(e) && url.Scheme == Uri.UriSchemeHttp && proxy.IsBypassed(url))
            {
                if (await probe.AskAsync(url, cancellationToken).ConfigureAwait(false))
                {
                    throw new HttpRequestException(HttpRequestError.InvalidResponse, $"the server speaks TLS on port {url.Port}, and http was asked for");
                }

                throw;
            }
        }
    }
}
