namespace MlHub.Sdk.Downloads.Transfer;

/// <summary>All bytes are there, and they are not those that were promised.</summary>
internal sealed class DigestMismatch(string difference) : Exception(difference);
