namespace MlHub.Sdk.Downloads.Remote;

/// <summary>What an answer must be like for its body to be stored.</summary>
internal static class AnswerRules
{
    /// <summary>Fails unless the body is the file's own bytes, all of them to be counted: a coded one can be neither resumed nor verified.</summary>
    internal static void RequirePlain(RemoteAnswer answer)
    {
        if (IsCoded(answer.ContentEncoding, "identity"))
        {
            throw Bad(answer, $"compressed (Content-Encoding: {answer.ContentEncoding}), though it was asked not to. Such a body cannot be verified.");
        }

        if (IsCoded(answer.TransferCoding, "chunked"))
        {
            throw Bad(answer, $"coded for its way (Transfer-Encoding: {answer.TransferCoding}), though it was asked not to. Such a body cannot be verified.");
        }

        if (answer.HasTwoLengths)
        {
            throw Bad(answer, "with two Content-Lengths that differ. Whether such a body is whole cannot be known.");
        }

        // RFC 9112 §6.3: to be handled as an error, since what lies between may have read it by the other of the two.
        if (answer.ContentLength is not null && answer.TransferCoding is not null)
        {
            throw Bad(answer, $"with both a Content-Length and a Transfer-Encoding ({answer.TransferCoding}). Whether such a body is whole cannot be known.");
        }

        if (answer.HasUnreadableLength)
        {
            throw Bad(answer, "with a Content-Length that is no number. Whether such a body is whole cannot be known.");
        }
    }

    private static bool IsCoded(string? coding, string plain) =>
        coding is { Length: > 0 } && !coding.Equals(plain, StringComparison.OrdinalIgnoreCase);

    private static DownloadException Bad(RemoteAnswer answer, string how) =>
        new(DownloadFailure.BadAnswer, $"The server sent {RedactedUrl.Of(answer.Url)} {answer.Scrub(how)}")
        {
            StatusCode = answer.Status,
            RequestUrl = RedactedUrl.Of(answer.Url),
        };
}
