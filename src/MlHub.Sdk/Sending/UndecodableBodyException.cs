namespace MlHub.Sdk;

/// <summary>A body that cannot be decoded.</summary>
/// <param name="what">What is wrong with it: the rest of a sentence whose subject is the answer.</param>
/// <param name="innerException">What the decoder threw, or null.</param>
internal sealed class UndecodableBodyException(string what, Exception? innerException = null) : IOException($"The server's answer {what}.", innerException)
{
    /// <summary>The rest of a sentence whose subject is the answer, without a full stop.</summary>
    public string What { get; } = what;
}
