using System.Net;

namespace MlHub.Sdk;

/// <summary>The connections that everything is sent over.</summary>
internal static class Sockets
{
    public static SocketsHttpHandler Create(TimeSpan connectTimeout) =>
        new()
        {
            // Redirects are followed by what knows where the key may go; bytes are wanted as the server stores them.
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            UseCookies = false,
            ConnectTimeout = connectTimeout,
            Proxy = new LoopbackBypass(HttpClient.DefaultProxy),

            // A long-lived client notices that a name has moved.
            PooledConnectionLifetime = TimeSpan.FromMinutes(15),

            // A body that is given up is not read to its end only to keep its connection.
            MaxResponseDrainSize = 64 * 1024,
        };

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
