using System.Text.Json;

namespace MlHub.Sdk;

/// <summary>
/// Takes secrets out of exceptions. What a server wrote gets into messages in many ways: .NET quotes status lines, headers and the hex dump of a bad chunk
/// header, JSON errors name the path of a property, our own messages name addresses. So each exception passes here where it enters or leaves the pipeline.
/// </summary>
internal static class KeylessException
{
    /// <summary>
    /// The exception itself, where neither it nor its causes hold a secret. Otherwise one of the same kind with the same properties, without the secret and
    /// without the cause.
    /// </summary>
    /// <param name="exception">The exception.</param>
    /// <param name="scrub">Takes secrets out of text.</param>
    internal static Exception Of(Exception exception, Func<string, string> scrub)
    {
        var said = Words(exception);
        if (exception is OperationCanceledException || scrub(said) == said)
        {
            return exception;
        }

        var message = scrub(exception.Message);
        return exception switch
        {
            MlHubAuthenticationException e => new MlHubAuthenticationException(message)
            {
                StatusCode = e.StatusCode,
                RequestUrl = Scrub(e.RequestUrl, scrub),
                ServerMessage = Scrub(e.ServerMessage, scrub),
            },
            EntityDoesNotExistException e => new EntityDoesNotExistException(message)
            {
                StatusCode = e.StatusCode,
                RequestUrl = Scrub(e.RequestUrl, scrub),
                ServerMessage = Scrub(e.ServerMessage, scrub),
            },
            DownloadException e => new DownloadException(e.Reason, message)
            {
                StatusCode = e.StatusCode,
                RequestUrl = Scrub(e.RequestUrl, scrub),
                ServerMessage = Scrub(e.ServerMessage, scrub),
                Path = Scrub(e.Path, scrub),
            },
            DownloadsFailedException e => DownloadsFailedException.WithMessage(message, e.Completed, Scrub(e.Failures, scrub)),
            MlHubException e => new MlHubException(message)
            {
                StatusCode = e.StatusCode,
                RequestUrl = Scrub(e.RequestUrl, scrub),
                ServerMessage = Scrub(e.ServerMessage, scrub),
            },
            HttpRequestException e => new HttpRequestException(e.HttpRequestError, message, inner: null, e.StatusCode),
            TimeoutException => new TimeoutException(message),
            JsonException => new JsonException(message),
            IOException => new IOException(message),
            _ => new HttpRequestException(message),
        };
    }

    /// <summary>All that the exception says, whoever prints it, but for the lines of our own code.</summary>
    private static string Words(Exception exception)
    {
        var words = exception.ToString();
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            words = cause.StackTrace is { Length: > 0 } trace ? words.Replace(trace, "", StringComparison.Ordinal) : words;
        }

        return exception is MlHubException hub ? $"{words}\n{hub.RequestUrl?.OriginalString}\n{hub.ServerMessage}\n{(hub as DownloadException)?.Path}" : words;
    }

    /// <summary>Failures by names that the server chose. Two names may become one.</summary>
    private static Dictionary<string, MlHubException> Scrub(IReadOnlyDictionary<string, MlHubException> failures, Func<string, string> scrub)
    {
        var clean = new Dictionary<string, MlHubException>(StringComparer.Ordinal);
        foreach (var (name, error) in failures)
        {
            var cleanName = scrub(name);
            while (!clean.TryAdd(cleanName, (MlHubException)Of(error, scrub)))
            {
                cleanName += "*";
            }
        }

        return clean;
    }

    private static string? Scrub(string? text, Func<string, string> scrub) => text is null ? null : scrub(text);

    private static Uri? Scrub(Uri? url, Func<string, string> scrub) =>
        url is null || scrub(url.OriginalString) == url.OriginalString ? url
        : Uri.TryCreate(scrub(url.OriginalString), UriKind.Absolute, out var clean) ? clean : null;
}
