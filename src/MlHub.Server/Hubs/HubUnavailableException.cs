namespace MlHub.Server;

/// <summary>Thrown by a hub that cannot answer now, because what it needs cannot be reached: for example, its database. The server then responds with 503 and <c>Retry-After</c>.</summary>
public sealed class HubUnavailableException : IOException
{
    /// <summary>Creates the exception.</summary>
    public HubUnavailableException()
        : base("The hub cannot answer now.")
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">What cannot be reached, for the log of the server. Clients do not see it.</param>
    public HubUnavailableException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">What cannot be reached, for the log of the server. Clients do not see it.</param>
    /// <param name="innerException">The cause.</param>
    public HubUnavailableException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
