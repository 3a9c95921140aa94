using System.Net;

namespace MlHub.Sdk;

/// <summary>
/// A request to an MLHub failed: the server refused it, sent an invalid response, or could not be reached. It is the base class of all exceptions of this
/// library, except that invalid arguments cause an <see cref="ArgumentException"/> and cancellation an <see cref="OperationCanceledException"/>.
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

    /// <summary>The HTTP status of the response, or null if there was no response.</summary>
    public HttpStatusCode? StatusCode { get; init; }

    /// <summary>The address of the request, without user information and with every key or signature replaced by <c>***</c>; or null.</summary>
    public Uri? RequestUrl { get; init; }

    /// <summary>
    /// The error message of the server: <c>detail</c> in its JSON, or the text of its HTML page. At most 500 characters. Null if there was none.
    /// </summary>
    public string? ServerMessage { get; init; }
}
