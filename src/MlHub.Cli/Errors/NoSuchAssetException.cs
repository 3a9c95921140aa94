namespace MlHub.Cli;

/// <summary>Items were found, and none has an asset that is wanted.</summary>
internal sealed class NoSuchAssetException(string message) : Exception(message);
