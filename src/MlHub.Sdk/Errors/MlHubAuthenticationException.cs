namespace MlHub.Sdk;

/// <summary>
/// The server denied access (401 or 403): it rejected the API key, the user name and password in the address, or a request without credentials.
/// </summary>
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
