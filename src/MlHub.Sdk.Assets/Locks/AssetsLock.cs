using MlHub.Sdk.Assets.Locks;

namespace MlHub.Sdk;

/// <summary>
/// A lock: what a training run needs in order to be repeated. It is a JSON file with the selection, the SHA-256 of each file, and the splits. <c>docs/schemas/mlhub.lock.schema.json</c> describes it.
/// </summary>
/// <param name="DatasetId">The dataset.</param>
/// <param name="Catalogue">The SHA-256 of the catalogue.</param>
/// <param name="Filter">Which assets were selected.</param>
/// <param name="Layout">The template of the paths; null for the usual layout.</param>
/// <param name="Splits">The splits with their shares. Empty if there are none.</param>
/// <param name="Seed">The seed of the splits; null if there are none.</param>
public sealed record AssetsLock(string DatasetId, string Catalogue, AssetFilter Filter, string? Layout, IReadOnlyDictionary<string, double> Splits, int? Seed)
{
    /// <summary>The usual name of the file: <c>mlhub.lock</c>.</summary>
    public const string DefaultFileName = "mlhub.lock";

    /// <summary>Reads everything except the files.</summary>
    /// <param name="path">The lock.</param>
    /// <exception cref="FormatException">The file is not a lock.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static AssetsLock Read(string path)
    {
        using var reader = new LockReader(path);
        return reader.ReadHead();
    }

    /// <summary>Reads the files, one after the other.</summary>
    /// <param name="path">The lock.</param>
    /// <returns>The files, in the order of the lock. None is kept in memory.</returns>
    /// <exception cref="FormatException">The file is not a lock, or it is damaged.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static IEnumerable<LockedAsset> ReadAssets(string path)
    {
        using var reader = new LockReader(path);
        _ = reader.ReadHead();
        foreach (var asset in reader.ReadAssets())
        {
            yield return asset;
        }
    }
}
