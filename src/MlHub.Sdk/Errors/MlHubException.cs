using System.Net;

namespace MlHub.Sdk;

/// <summary>
/// A request to an MLHub failed: the server refused it, sent an answer that makes no sense, or could not be reached.
/// It is the base class of all exceptions of this library. (Wrong arguments are
/// <see cref="ArgumentException"/>s, and cancellation is an <see cref="OperationCanceledException"/>.)
/// </summary>
/// <remarks>It never contains an API key.</remarks>
public class MlHubException : Exception
{
    /// <summary>Creates an exception with the default message.</summary>
    public MlHubException()
    {
    }

    /// <summary>Creates an exception with a message.</summary>
    /// <param name="message">One sentence that says what went wrong and what to do.</param>
    public MlHubException(string message)
        : base(message)
    {
    }

    /// <summary>Creates an exception with a message and a cause.</summary>
    /// <param name="message">One sentence that says what went wrong and what to do.</param>
    /// <param name="innerException">The cause, or null.</param>
    public MlHubException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>The HTTP status of the answer, or null when there was no answer.</summary>
    public HttpStatusCode? StatusCode { get; init; }

    /// <summary>What was requested, without user information and with every key or signature replaced by <c>***</c>; or null.</summary>
    public Uri? RequestUrl { get; init; }

    /// <summary>
    /// The server's own words: the <c>detail</c> of its JSON, or the text of its HTML page; at most 500 characters; null when it said nothing.
    /// </summary>
    public string? ServerMessage { get; init; }
}
