namespace MlHub.Sdk;

/// <summary>The server refused access (401 and 403): to the API key, to the user name and password of an address, or to a request without them.</summary>
public sealed class MlHubAuthenticationException : MlHubException
{
    /// <summary>Creates an exception with the default message.</summary>
    public MlHubAuthenticationException()
    {
    }

    /// <summary>Creates an exception with a message.</summary>
    /// <param name="message">One sentence that says what went wrong and what to do.</param>
    public MlHubAuthenticationException(string message)
        : base(message)
    {
    }

    /// <summary>Creates an exception with a message and a cause.</summary>
    /// <param name="message">One sentence that says what went wrong and what to do.</param>
    /// <param name="innerException">The cause, or null.</param>
    public MlHubAuthenticationException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
