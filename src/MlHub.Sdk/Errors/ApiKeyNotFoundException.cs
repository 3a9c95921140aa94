namespace MlHub.Sdk;

/// <summary>No API key was found in any of the places where one may be. The message says which these are.</summary>
public sealed class ApiKeyNotFoundException : MlHubException
{
    /// <summary>Creates an exception without a message of its own.</summary>
    public ApiKeyNotFoundException()
    {
    }

    /// <summary>Creates an exception with a message.</summary>
    /// <param name="message">One sentence that says what went wrong and what to do.</param>
    public ApiKeyNotFoundException(string message)
        : base(message)
    {
    }

    /// <summary>Creates an exception with a message and what caused it.</summary>
    /// <param name="message">One sentence that says what went wrong and what to do.</param>
    /// <param name="innerException">What caused it, or null.</param>
    public ApiKeyNotFoundException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
