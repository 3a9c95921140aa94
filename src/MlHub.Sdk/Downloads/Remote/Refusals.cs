using System.Net;

namespace MlHub.Sdk.Downloads.Remote;

/// <summary>The exceptions for answers that waiting does not cure.</summary>
internal static class Refusals
{
    internal static MlHubException Describe(HttpStatusCode status, Uri url, bool isStart, string? words)
    {
        var where = RedactedUrl.Of(url);
        var said = words is null ? string.Empty : $" The server said: {words}";
        return status switch
        {
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden when isStart =>
                new MlHubAuthenticationException($"The server refused access to {where} ({(int)status}). Check the API key.{said}")
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
