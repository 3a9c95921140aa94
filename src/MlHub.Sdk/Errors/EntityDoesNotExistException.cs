namespace MlHub.Sdk;

/// <summary>There is no such dataset, collection, item, model, archive, catalogue or file (404).</summary>
public sealed class EntityDoesNotExistException : MlHubException
{
    /// <summary>Creates an exception with the default message.</summary>
    public EntityDoesNotExistException()
    {
    }

    /// <summary>Creates an exception with a message.</summary>
    /// <param name="message">One sentence that says what went wrong and what to do.</param>
    public EntityDoesNotExistException(string message)
        : base(message)
    {
    }

    /// <summary>Creates an exception with a message and a cause.</summary>
    /// <param name="message">One sentence that says what went wrong and what to do.</param>
    /// <param name="innerException">The cause, or null.</param>
    public EntityDoesNotExistException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
