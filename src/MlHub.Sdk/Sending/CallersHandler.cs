namespace MlHub.Sdk;

/// <summary>
/// Wraps the handler or the HttpClient that a caller provides, and rejects one that follows redirects or decompresses bodies itself: immediately if its type
/// shows that, otherwise at the first response that shows it.
/// </summary>
internal sealed class CallersHandler(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    private static readonly string[] Credentials = ["Authorization", "Proxy-Authorization", "Cookie"];

    /// <summary>Rejects an HttpClient that would send credentials to every host.</summary>
    /// <exception cref="ArgumentException">It has such a default header.</exception>
    internal static HttpClient Require(HttpClient httpClient, string parameter)
    {
        ArgumentNullException.ThrowIfNull(httpClient, parameter);
        return Credentials.FirstOrDefault(httpClient.DefaultRequestHeaders.NonValidated.Contains) is { } header
            ? throw new ArgumentException(
                $"The HttpClient has {header} in its DefaultRequestHeaders, and would send it to every host that the API redirects to. Add the header in a DelegatingHandler that checks the host.",
                parameter)
            : httpClient;
    }

    /// <summary>Removes the caller's credentials from a request that goes to another origin than the one they were for.</summary>
    internal static void RemoveCredentials(HttpRequestMessage request)
    {
        foreach (var header in Credentials)
        {
            request.Headers.Remove(header);
        }
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var asked = request.RequestUri!;
        var response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);

        // .NET's own handlers write the redirect target into the request.
        var answered = response.RequestMessage?.RequestUri ?? request.RequestUri;
        if (answered is null || answered == asked)
        {
            return response;
        }

        response.Dispose();
        throw new MlHubException(
            $"The given handler or HttpClient follows redirects itself: the request was for {RedactedUrl.Of(asked)}, and the response came from {Shown(answered)}. "
            + "Set AllowAutoRedirect of its innermost handler to false: MlHub.Sdk follows redirects without sending secrets to other hosts. "
            + "With AddHttpClient: .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { AllowAutoRedirect = false }).")
        {
            RequestUrl = RedactedUrl.Of(asked),
        };
    }

    private static Uri Shown(Uri url) => url.IsAbsoluteUri ? RedactedUrl.Of(url) : url;
}
