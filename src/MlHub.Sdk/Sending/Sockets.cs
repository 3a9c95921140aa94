using System.Net;

namespace MlHub.Sdk;

/// <summary>The connections that everything is sent over.</summary>
internal static class Sockets
{
    public static HttpMessageHandler Create(TimeSpan connectTimeout, int mostConnections = int.MaxValue) =>
        new ConnectTimeoutHandler(connectTimeout, new SocketsHttpHandler
        {
            // Redirects are followed by what knows where the key may go; bytes are wanted as the server stores them.
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            UseCookies = false,
            ConnectTimeout = connectTimeout,
            MaxConnectionsPerServer = mostConnections,
            Proxy = new LoopbackBypass(HttpClient.DefaultProxy),

            // A long-lived client notices that a name has moved.
            PooledConnectionLifetime = TimeSpan.FromMinutes(15),

            // A body that is given up is not read to its end only to keep its connection.
            MaxResponseDrainSize = 64 * 1024,
        });

    /// <summary>A connection that does not come about in time is a failure like others, though SocketsHttpHandler says that somebody cancelled it.</summary>
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
    /// The proxy of the environment, for everything but this machine: http to loopback may carry the key because it never leaves the
    /// machine, and through a proxy it would. .NET's own environment proxy goes by <c>no_proxy</c> alone.
    /// </summary>
    private sealed class LoopbackBypass(IWebProxy proxy) : IWebProxy
    {
        public ICredentials? Credentials
        {
            get => proxy.Credentials;
            set => proxy.Credentials = value;
        }

        public Uri? GetProxy(Uri destination) => IsBypassed(destination) ? null : proxy.GetProxy(destination);

        public bool IsBypassed(Uri host) => host.IsLoopback || proxy.IsBypassed(host);
    }
}
