namespace MlHub.Hub.Index;

/// <summary>Where the published index of a hub is.</summary>
internal interface IIndexStore : IAsyncDisposable
{
    /// <summary>Opens the published index.</summary>
    /// <returns>Null if there is none, or if it cannot be used: it is of another format, not complete, or damaged.</returns>
    ValueTask<IHubIndex?> TryOpenAsync(CancellationToken cancellationToken);

    /// <summary>Brings the index up to date and publishes it.</summary>
    /// <param name="current">The index that is served. It stays open.</param>
    /// <param name="build">Compares an index file with the files of the hub. It returns the given index if nothing has changed, and otherwise a new one. The given one stays open.</param>
    /// <param name="cancellationToken">Ends the work, and leaves the published index as it was.</param>
    /// <returns>The published index: <paramref name="current"/> if it is still that.</returns>
    Task<IHubIndex> UpdateAsync(IHubIndex? current, Func<IndexReader?, Task<IndexReader>> build, CancellationToken cancellationToken);
}
