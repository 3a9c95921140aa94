using System.Net;

namespace MlHub.Sdk;

/// <summary>
/// Something that was asked of an MLHub went wrong: the server refused, answered nonsense, or could not be reached.
/// The base of every exception that this library throws on its own account (wrong arguments are
/// <see cref="ArgumentException"/>s, cancellation is <see cref="OperationCanceledException"/>).
/// </summary>
/// <remarks>No member of it, and no text of it, ever holds an API key.</remarks>
public class MlHubException : Exception
{
    /// <summary>Creates an exception without a message of its own.</summary>
    public MlHubException()
    {
    }

    /// <summary>Creates an exception with a message.</summary>
    /// <param name="message">One sentence that says what went wrong and what to do.</param>
    public MlHubException(string message)
        : base(message)
    {
    }

    /// <summary>Creates an exception with a message and what caused it.</summary>
    /// <param name="message">One sentence that says what went wrong and what to do.</param>
    /// <param name="innerException">What caused it, or null.</param>
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
