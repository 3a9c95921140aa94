namespace MlHub.Sdk;

/// <summary>What was written to a lock.</summary>
/// <param name="LockPath">The lock.</param>
/// <param name="Files">The number of files in it.</param>
/// <param name="Bytes">Their bytes.</param>
/// <param name="Splits">The number of files of each split. Empty if there are no splits.</param>
public sealed record LockedDataset(string LockPath, long Files, long Bytes, IReadOnlyDictionary<string, long> Splits);
