using Microsoft.Extensions.Http;

namespace MlHub.Sdk;

/// <summary>Refuses a primary handler that would follow redirects, and take the key to another host.</summary>
internal static class PrimaryHandlers
{
    /// <exception cref="InvalidOperationException">It follows redirects.</exception>
    public static void Require(HttpMessageHandlerBuilder builder)
    {
        var follows = builder.PrimaryHandler switch
        {
            SocketsHttpHandler sockets => sockets.AllowAutoRedirect,
            HttpClientHandler client => client.AllowAutoRedirect,
            _ => false,
        };
        if (follows)
        {
            throw new InvalidOperationException(
                $"The primary handler of the HTTP client '{builder.Name}' follows redirects, and could send the API key to another host. Set its AllowAutoRedirect to false, or use MlHubHandler.Create().");
        }
    }
}
