namespace MlHub.Cli;

/// <summary>Items were found, but none has a requested asset.</summary>
internal sealed class NoSuchAssetException(string message) : Exception(message);
