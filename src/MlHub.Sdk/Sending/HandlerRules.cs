using System.Net;

namespace MlHub.Sdk;

/// <summary>What a handler of the caller must not do: follow redirects, because the key could reach another host, and decompress, because files are stored as they are sent.</summary>
internal static class HandlerRules
{
    /// <summary>Rejects a handler that follows redirects or decompresses bodies itself, if its type shows that.</summary>
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
                $"The {innermost!.GetType().Name} follows redirects itself, and could send a secret to another host. Set its AllowAutoRedirect to false: MlHub.Sdk follows redirects.",
                parameter);
        }

        if (decompression != DecompressionMethods.None)
        {
            throw new ArgumentException(
                $"The {innermost!.GetType().Name} decompresses bodies itself, but files must be stored as the server sends them. Set its AutomaticDecompression to DecompressionMethods.None.",
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
