namespace MlHub.Sdk;

/// <summary>A body that cannot be decoded.</summary>
/// <param name="what">The problem: the rest of a sentence whose subject is the response.</param>
/// <param name="innerException">The exception of the decoder, or null.</param>
internal sealed class UndecodableBodyException(string what, Exception? innerException = null) : IOException($"The server's response {what}.", innerException)
{
    /// <summary>The rest of a sentence whose subject is the response, without a full stop.</summary>
    public string What { get; } = what;
}
