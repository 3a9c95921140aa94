namespace MlHub.Sdk.Assets.Record;

/// <summary>What became of an asset in a run.</summary>
/// <param name="Row">The asset.</param>
/// <param name="Bytes">The size of its file. Null if it failed.</param>
/// <param name="Digest">The digest that was compared. Null if only the length was.</param>
/// <param name="Error">Why it failed. Null if it did not.</param>
internal sealed record AssetResult(AssetRow Row, long? Bytes, string? Digest, string? Error);
