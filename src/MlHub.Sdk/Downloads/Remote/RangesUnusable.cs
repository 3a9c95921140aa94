namespace MlHub.Sdk.Downloads.Remote;

/// <summary>The server answers range requests in a way that cannot be built on; the file must be fetched in one stream.</summary>
internal sealed class RangesUnusable(string reason) : Exception(reason);
