namespace MlHub.Sdk.Downloads.Remote;

/// <summary>The remote is no longer the file whose bytes are here: all of them are void.</summary>
internal sealed class RemoteChange(string reason) : Exception(reason);
