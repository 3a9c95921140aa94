using System.Net;

namespace MlHub.Sdk.Downloads.Remote;

/// <summary>The exceptions for answers that waiting does not cure.</summary>
internal static class Refusals
{
    /// <param name="status">The answer's status.</param>
    /// <param name="url">Where it came from.</param>
    /// <param name="accessAdvice">What to do about 401 and 403; null where no access was asked for, as at the end of a redirect elsewhere.</param>
    /// <param name="words">What the server said, or null.</param>
    internal static MlHubException Describe(HttpStatusCode status, Uri url, string? accessAdvice, string? words)
    {
        var where = RedactedUrl.Of(url);
        var said = words is null ? string.Empty : $" The server said: {words}";
        return status switch
        {
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden when accessAdvice is not null =>
                new MlHubAuthenticationException($"The server refused access to {where} ({(int)status}). {accessAdvice}{said}")
                {
                    StatusCode = status,
                    RequestUrl = where,
                    ServerMessage = words,
                },
            HttpStatusCode.NotFound => new EntityDoesNotExistException($"There is nothing at {where} (404).{said}")
            {
                StatusCode = status,
                RequestUrl = where,
                ServerMessage = words,
            },
            _ => new DownloadException(DownloadFailure.Refused, $"The server answered {(int)status} ({status}) for {where}.{said}")
            {
                StatusCode = status,
                RequestUrl = where,
                ServerMessage = words,
            },
        };
    }
}
