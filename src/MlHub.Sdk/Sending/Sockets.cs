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
        return new ConnectTimeoutHandler(connectTimeout, new WrongSchemeHandler(connector, proxy, new ProxyHandler(proxy, sockets)));
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

    /// <summary>A connection that takes too long is a failure like others; SocketsHttpHandler reports a cancellation, though nobody cancelled.</summary>
    private sealed class ConnectTimeoutHandler(TimeSpan connectTimeout, HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            try
            {
                return await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested && e.InnerException is TimeoutException)
            {
                throw new HttpRequestException(HttpRequestError.ConnectionError, $"no connection within {connectTimeout.TotalSeconds:0.###} s", e);
            }
        }
    }

    /// <summary>
    /// Reports what is wrong with the proxy as an error. A proxy that asks for a login answers an http request with status 407, where for
    /// https .NET throws: here both throw.
    /// </summary>
    private sealed class ProxyHandler(EnvironmentProxy proxy, HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            proxy.RequireUsable(request.RequestUri!);
            var response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
            if (response.StatusCode != HttpStatusCode.ProxyAuthenticationRequired)
            {
                return response;
            }

            response.Dispose();
            throw new HttpRequestException(
                HttpRequestError.ProxyTunnelError, "the proxy asks for a user name and a password", inner: null, HttpStatusCode.ProxyAuthenticationRequired);
        }
    }
}
