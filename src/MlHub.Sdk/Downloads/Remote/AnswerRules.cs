namespace MlHub.Sdk.Downloads.Remote;

/// <summary>What an answer must be like for its body to be stored.</summary>
internal static class AnswerRules
{
    /// <summary>Fails unless the body is the file's own bytes: a compressed one can be neither resumed nor verified.</summary>
    internal static void RequirePlain(RemoteAnswer answer)
    {
        if (answer.ContentEncoding is { Length: > 0 } encoding && !encoding.Equals("identity", StringComparison.OrdinalIgnoreCase))
        {
            throw new DownloadException(
                DownloadFailure.BadAnswer,
                $"The server sent {RedactedUrl.Of(answer.Url)} compressed (Content-Encoding: {encoding}), though it was asked not to. Such a body cannot be verified.")
            {
                StatusCode = answer.Status,
                RequestUrl = RedactedUrl.Of(answer.Url),
            };
        }
    }
}
