namespace MlHub.Sdk;

/// <summary>Copies requests, because a request that was sent must not be sent again.</summary>
internal static class RequestCopies
{
    /// <summary>A request with the same method, headers, options and content for another address.</summary>
    public static HttpRequestMessage CopyTo(this HttpRequestMessage request, Uri url)
    {
        var copy = new HttpRequestMessage(request.Method, url)
        {
            Version = request.Version,
            VersionPolicy = request.VersionPolicy,
            Content = request.Content,
        };
        foreach (var header in request.Headers.NonValidated)
        {
            copy.Headers.TryAddWithoutValidation(header.Key, header.Value);
        }

        foreach (var option in request.Options)
        {
            ((IDictionary<string, object?>)copy.Options)[option.Key] = option.Value;
        }

        return copy;
    }
}
