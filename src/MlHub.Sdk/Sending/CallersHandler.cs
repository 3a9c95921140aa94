using System.Net;

namespace MlHub.Sdk;

/// <summary>
/// Stands before the handler or the HttpClient that a caller gives, and refuses one that follows redirects or decompresses by itself: at once where its type
/// shows that, otherwise when its first answer shows it.
/// </summary>
internal sealed class CallersHandler(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    private static readonly string[] Credentials = ["Authorization", "Proxy-Authorization", "Cookie"];

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

    /// <summary>Refuses an HttpClient that would send credentials to every host.</summary>
    /// <exception cref="ArgumentException">It has such a default header.</exception>
    internal static HttpClient Require(HttpClient httpClient, string parameter)
    {
        ArgumentNullException.ThrowIfNull(httpClient, parameter);
        return Credentials.FirstOrDefault(httpClient.DefaultRequestHeaders.NonValidated.Contains) is { } header
            ? throw new ArgumentException(
                $"The HttpClient has {header} among its DefaultRequestHeaders, and would send it to every host that the API redirects to. Add it in a DelegatingHandler that looks at the host first.",
                parameter)
            : httpClient;
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var asked = request.RequestUri!;
        var response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);

        // .NET's own handlers write the new address into the request.
        var answered = response.RequestMessage?.RequestUri ?? request.RequestUri;
        if (answered is null || answered == asked)
        {
            return response;
        }

        response.Dispose();
        throw new MlHubException(
            $"The handler or HttpClient that was given follows redirects by itself: {RedactedUrl.Of(asked)} was asked, and {Shown(answered)} answered. "
            + "Set AllowAutoRedirect of its innermost handler to false, since redirects are followed here without giving secrets away. "
            + "With AddHttpClient: .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { AllowAutoRedirect = false }).")
        {
            RequestUrl = RedactedUrl.Of(asked),
        };
    }

    private static Uri Shown(Uri url) => url.IsAbsoluteUri ? RedactedUrl.Of(url) : url;

    private static HttpMessageHandler? Innermost(HttpMessageHandler? handler)
    {
        while (handler is DelegatingHandler { InnerHandler: { } inner })
        {
            handler = inner;
        }

        return handler;
    }
}
