using System.Text.Json;

namespace MlHub.Sdk;

/// <summary>
/// Removes secrets from exceptions. Text from a server gets into messages in many ways: .NET quotes status lines, headers and a hex dump of an invalid chunk
/// header, JSON errors contain the path of a property, and messages of this library contain addresses. Therefore each exception is checked here when it enters
/// or leaves the pipeline.
/// </summary>
internal static class KeylessException
{
    /// <summary>
    /// Returns the exception itself if neither it nor its causes contain a secret. Otherwise returns one of the same type with the same properties, without the
    /// secret and without the cause.
    /// </summary>
    /// <param name="exception">The exception.</param>
    /// <param name="scrub">Removes secrets from text.</param>
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

    /// <summary>All texts of the exception that could be printed, except the stack frames.</summary>
    private static string Words(Exception exception)
    {
        var words = exception.ToString();
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            words = cause.StackTrace is { Length: > 0 } trace ? words.Replace(trace, "", StringComparison.Ordinal) : words;
        }

        return exception is MlHubException hub ? $"{words}\n{hub.RequestUrl?.OriginalString}\n{hub.ServerMessage}\n{(hub as DownloadException)?.Path}" : words;
    }

    /// <summary>Failures by names from the server. Two names may become equal.</summary>
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
