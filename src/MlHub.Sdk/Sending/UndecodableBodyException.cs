namespace MlHub.Sdk;

/// <summary>A body that cannot be decoded. The message is the rest of a sentence whose subject is the answer.</summary>
internal sealed class UndecodableBodyException(string message, Exception? innerException = null) : IOException(message, innerException);
