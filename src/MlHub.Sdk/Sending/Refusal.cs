using System.Net;

namespace MlHub.Sdk;

/// <summary>Turns an answer that is not a success into the exception that fits, with the server's own words.</summary>
internal static class Refusal
{
    public static async Task<MlHubException> ReadAsync(
        HttpResponseMessage response, ApiKeyGuard guard, TimeProvider clock, CancellationToken cancellationToken)
    {
        using (response)
        {
            var words = await ServerWords.ReadAsync(response.Content, guard.Scrub, clock, cancellationToken).ConfigureAwait(false);
            return Exception(response, guard, words);
        }
    }

    private static MlHubException Exception(HttpResponseMessage response, ApiKeyGuard guard, string? words)
    {
        var status = response.StatusCode;
        var requested = response.RequestMessage?.RequestUri;
        var url = RedactedUrl.OfCall(requested);
        var said = words is null ? "" : $" The server says: {words}";
        return status switch
        {
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => new MlHubAuthenticationException(
                $"{url}: {KeyTrouble(requested, guard)} ({(int)status}).{said}")
            {
                StatusCode = status,
                RequestUrl = url,
                ServerMessage = words,
            },
            HttpStatusCode.NotFound => new EntityDoesNotExistException($"{url} does not exist (404).{said}")
            {
                StatusCode = status,
                RequestUrl = url,
                ServerMessage = words,
            },
            _ => new MlHubException($"{url} failed with status {(int)status} {response.ReasonPhrase}.{said}")
            {
                StatusCode = status,
                RequestUrl = url,
                ServerMessage = words,
            },
        };
    }

    private static string KeyTrouble(Uri? requested, ApiKeyGuard guard) =>
        requested switch
        {
            not null when guard.Admits(requested) => "the API key was refused; give another one",
            not null when guard.HasKey && guard.IsUnderRoot(requested) =>
                "an API key is needed, and it was withheld because plain http would show it to everyone on the way; use an https root URL",
            not null when guard.IsUnderRoot(requested) => "an API key is needed, and none was sent; give one",
            _ => "access was refused; the API key is sent to requests under the root URL alone",
        };
}
