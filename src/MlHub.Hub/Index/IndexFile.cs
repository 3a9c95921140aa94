namespace MlHub.Hub.Index;

/// <summary>An index in a file of this machine. Several processes may use it.</summary>
/// <param name="path">The full path of the file.</param>
internal sealed class IndexFile(string path) : IIndexStore
{
    public ValueTask<IHubIndex?> TryOpenAsync(CancellationToken cancellationToken) => new(IndexReader.TryOpen(path));

    public async Task<IHubIndex> UpdateAsync(IHubIndex? current, Func<IndexReader?, Task<IndexReader>> build, CancellationToken cancellationToken)
    {
        // Another process may have replaced the index already.
        var published = IndexReader.TryOpen(path);
        if (current is IndexReader open && published?.Revision == open.Revision)
        {
            published.Dispose();
            published = open;
        }

        try
        {
            var index = await build(published).ConfigureAwait(false);
            if (published != index && published != current)
            {
                published?.Dispose();
            }

            return index;
        }
        catch (Microsoft.Data.Sqlite.SqliteException error)
        {
            throw new IOException($"The index '{path}' cannot be written: {SqliteErrors.Reason(error)}. Free some space, or choose another folder for the index.", error);
        }
    }

    public ValueTask DisposeAsync() => default;
}
