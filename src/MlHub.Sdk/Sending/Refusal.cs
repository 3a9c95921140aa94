using System.Net;

namespace MlHub.Sdk;

/// <summary>Converts a response without a success status to the matching exception, with the error message of the server.</summary>
internal static class Refusal
{
    public static async Task<MlHubException> ReadAsync(
        HttpResponseMessage response, ApiKeyGuard guard, TimeProvider clock, CancellationToken cancellationToken)
    {
        using (response)
        {
            var words = await ServerWords.ReadAsync(response.Content, guard.Scrub, clock, cancellationToken).ConfigureAwait(false);
            var (status, requested) = (response.StatusCode, response.RequestMessage?.RequestUri);
            var url = RedactedUrl.OfCall(requested);
            if (status == HttpStatusCode.NotFound && guard.IsListUnderRoot(requested))
            {
                return new MlHubException($"{url} does not exist (404), so there is no MLHub at the root URL. Check the root URL: most end in /mlhub/v1/.") { StatusCode = status, RequestUrl = url, ServerMessage = words };
            }

            if (status is HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed or HttpStatusCode.NotImplemented && guard.IsSearch(requested))
            {
                return new MlHubException($"The hub cannot search for items ({(int)status}, {url}). List the items of a collection instead, or check the root URL.") { StatusCode = status, RequestUrl = url, ServerMessage = words };
            }

            if (status == HttpStatusCode.NotFound && Missing(guard.PathUnderRoot(requested)) is { } missing)
            {
                var said = ServerWords.SayOnlyNotFound(words) ? "" : ServerWords.Quote(words);
                return new EntityDoesNotExistException($"There is no {missing} (404, {url!.AbsoluteUri}).{said}") { StatusCode = status, RequestUrl = url, ServerMessage = words };
            }

            return Of(status, url, Access(requested, guard), words, message => new MlHubException(message) { StatusCode = status, RequestUrl = url, ServerMessage = words });
        }
    }

    /// <summary>Creates the exception for a response that a retry would not change.</summary>
    /// <param name="status">The status.</param>
    /// <param name="url">The address of the response, without secrets.</param>
    /// <param name="access">What happened and what to do if access is refused (401, 403). Null if no credentials were sent, as after a redirect to another host.</param>
    /// <param name="words">The error message of the server. Null if there is none.</param>
    /// <param name="other">Creates the exception for any other status.</param>
    internal static MlHubException Of(HttpStatusCode status, Uri? url, (string What, string Advice)? access, string? words, Func<string, MlHubException> other)
    {
        var said = ServerWords.Quote(words);
        return status switch
        {
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden when access is var (what, advice) => new MlHubAuthenticationException($"{what} ({(int)status}, {url}): {advice}.{said}")
            {
                StatusCode = status,
                RequestUrl = url,
                ServerMessage = words,
            },
            HttpStatusCode.NotFound => new EntityDoesNotExistException($"{url} does not exist (404).{(ServerWords.SayOnlyNotFound(words) ? "" : said)}") { StatusCode = status, RequestUrl = url, ServerMessage = words },
            _ => other($"The server responded with {(int)status} ({status}) for {url}.{said}"),
        };
    }

    /// <summary>What an address below the root URL stands for. Null if it is none of the API's own.</summary>
    private static string? Missing(string? path) => path?.Split('/').Select(Uri.UnescapeDataString).ToArray() switch
    {
        ["datasets", "doi", .. var doi] => $"dataset with the DOI \"{string.Join('/', doi)}\"",
        ["datasets", var id] => $"dataset \"{id}\"",
        ["collections", var id] => $"collection \"{id}\"",
        ["collections", var id, "items"] => $"collection \"{id}\"",
        ["collections", var collection, "items", var id] => $"item \"{id}\" in a collection \"{collection}\"",
        ["models", var id] => $"model \"{id}\"",
        ["archive", var id, "info"] => $"archive of a collection \"{id}\"",
        ["catalog", var id, "info"] => $"catalogue of a dataset \"{id}\"",
        _ => null,
    };

    /// <summary>What happened and what to do if the server of this address denies access.</summary>
    internal static (string What, string Advice) Access(Uri? requested, ApiKeyGuard guard) =>
        requested switch
        {
            not null when guard.Admits(requested) => ($"{guard.KeyName} was refused", guard.RefusedKeyAdvice),
            not null when guard.HasKey && guard.IsUnderRoot(requested) =>
                ("An API key is needed, but it was not sent, because over plain http anyone on the network path could read it", SettingsResolver.HttpAdvice.TrimEnd('.')),
            not null when guard.IsUnderRoot(requested) => ("An API key is needed, but none was sent", "set one"),
            _ => ("Access was denied", "the API key is sent only to addresses under the root URL"),
        };
}
