namespace MlHub.Sdk;

/// <summary>No API key was found. The message lists the places that were searched.</summary>
public sealed class ApiKeyNotFoundException : MlHubException
{
    /// <summary>Creates an exception with the default message.</summary>
    public ApiKeyNotFoundException()
    {
    }

    /// <summary>Creates an exception with a message.</summary>
    /// <param name="message">One sentence that says what went wrong and what to do.</param>
    public ApiKeyNotFoundException(string message)
        : base(message)
    {
    }

    /// <summary>Creates an exception with a message and a cause.</summary>
    /// <param name="message">One sentence that says what went wrong and what to do.</param>
    /// <param name="innerException">The cause, or null.</param>
    public ApiKeyNotFoundException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
