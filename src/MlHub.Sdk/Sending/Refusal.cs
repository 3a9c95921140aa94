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
            var (status, requested) = (response.StatusCode, response.RequestMessage?.RequestUri);
            var url = RedactedUrl.OfCall(requested);
            return Of(status, url, KeyTrouble(requested, guard), words, message => new MlHubException(message) { StatusCode = status, RequestUrl = url, ServerMessage = words });
        }
    }

    /// <summary>The exception for an answer that waiting does not cure.</summary>
    /// <param name="status">The status.</param>
    /// <param name="url">Where the answer came from, without secrets.</param>
    /// <param name="access">What happened and what to do when access is refused (401, 403); null when no access was asked for, as at the end of a redirect elsewhere.</param>
    /// <param name="words">What the server said; null when it said nothing.</param>
    /// <param name="other">Makes the exception for any other status.</param>
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
            _ => other($"The server answered {(int)status} ({status}) for {url}.{said}"),
        };
    }

    private static (string What, string Advice) KeyTrouble(Uri? requested, ApiKeyGuard guard) =>
        requested switch
        {
            not null when guard.Admits(requested) => ($"{guard.KeyName} was refused", guard.RefusedKeyAdvice),
            not null when guard.HasKey && guard.IsUnderRoot(requested) =>
                ("An API key is needed, and it was not sent because plain http would show it to everyone on the way", SettingsResolver.HttpAdvice.TrimEnd('.')),
            not null when guard.IsUnderRoot(requested) => ("An API key is needed, and none was sent", "give one"),
            _ => ("Access was refused", "the API key is only sent to addresses under the root URL"),
        };
}
