namespace MlHub.Sdk;

/// <summary>The union of the shards of a download.</summary>
/// <param name="DatasetId">The dataset.</param>
/// <param name="Shards">The number of shards.</param>
/// <param name="Files">The number of files, all of which are complete.</param>
/// <param name="DatabasePath">The database with the results of all shards.</param>
public sealed record MergedShards(string DatasetId, int Shards, long Files, string DatabasePath);
