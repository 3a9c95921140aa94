using System.Net;

namespace MlHub.Sdk;

/// <summary>Checks the handler that a caller gives to a client or a downloader.</summary>
internal static class CallersHandler
{
    /// <summary>Refuses a handler that follows redirects or decompresses by itself, where its type shows that.</summary>
    /// <exception cref="ArgumentException">It follows redirects or decompresses.</exception>
    internal static void Require(HttpMessageHandler? handler, string parameter)
    {
        var innermost = Innermost(handler);
        var (redirects, decompression) = innermost switch
        {
            SocketsHttpHandler sockets => (sockets.AllowAutoRedirect, sockets.AutomaticDecompression),
            HttpClientHandler client => (client.AllowAutoRedirect, client.AutomaticDecompression),
            _ => (false, DecompressionMethods.None),
        };
        if (redirects)
        {
            throw new ArgumentException(
                $"The {innermost!.GetType().Name} follows redirects by itself, and could send a secret to another host. Set its AllowAutoRedirect to false: redirects are followed here.",
                parameter);
        }

        if (decompression != DecompressionMethods.None)
        {
            throw new ArgumentException(
                $"The {innermost!.GetType().Name} decompresses by itself, and files must be stored as the server has them. Set its AutomaticDecompression to DecompressionMethods.None.",
                parameter);
        }
    }

    private static HttpMessageHandler? Innermost(HttpMessageHandler? handler)
    {
        while (handler is DelegatingHandler { InnerHandler: { } inner })
        {
            handler = inner;
        }

        return handler;
    }
}
