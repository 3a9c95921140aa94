using System.Text.Json;
using MlHub.Hub.Index;
using MlHub.Hub.Serving;
using MlHub.Server;

namespace MlHub.Hub;

/// <summary>A hub that answers from an index (SQLite): a <see cref="DirectoryHub"/> or a <see cref="DefinedHub"/>.</summary>
public abstract class IndexedHub : IHub, IAsyncDisposable
{
    private readonly HubPlaces _places;
    private readonly SemaphoreSlim _refreshing = new(1);
    private volatile HubContent? _content;
    private HubContent? _previous;

    private protected IndexedHub(HubPlaces places) => _places = places;

    private HubContent Content => _content ?? throw new InvalidOperationException("The hub is not open.");

    /// <summary>The collections that are served.</summary>
    public IReadOnlyList<ServedCollection> Collections => Use(content => (IReadOnlyList<ServedCollection>)
    [
        .. content.StoredCollections.Select(collection => new ServedCollection
        {
            Id = collection.Name,
            Dataset = collection.Dataset ?? "",
            Types = content.TypesOf(collection.Name),
            Items = collection.Items,
            ArchiveBytes = content.ArchiveBytes(collection.Name),
        }),
    ]);

    /// <summary>Compares the storage with the index, and serves what has changed.</summary>
    /// <param name="cancellationToken">Cancels it. What was served before is still served.</param>
    /// <returns>Whether something has changed.</returns>
    /// <exception cref="IOException">The index cannot be written. What was served before is still served.</exception>
    public async Task<bool> RefreshAsync(CancellationToken cancellationToken = default)
    {
        await _refreshing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var before = Content.Index;
            var published = Published(before);
            var index = await UpdateAsync(published, cancellationToken).ConfigureAwait(false);
            if (published != index && published != before)
            {
                published?.Dispose();
            }

            if (index == before)
            {
                return false;
            }

            Replace(index);
            return true;
        }
        finally
        {
            _refreshing.Release();
        }
    }

    /// <summary>The files that are not served, and why not, in the order of their paths.</summary>
    public IReadOnlyList<LeftOutFile> ListLeftOut() => Use(content => (IReadOnlyList<LeftOutFile>)[.. content.Index.LeftOut().Select(file => new LeftOutFile(file.Path, file.Reason))]);

    /// <inheritdoc/>
    public ValueTask<JsonElement?> FindDatasetAsync(string datasetId, CancellationToken cancellationToken) => new(Use(content => content.FindDataset("id", datasetId)));

    /// <inheritdoc/>
    public ValueTask<JsonElement?> FindDatasetByDoiAsync(string doi, CancellationToken cancellationToken) => new(Use(content => content.FindDataset("doi", doi)));

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<JsonElement>> ListDatasetsAsync(HubDatasetQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        return new(Use(content => (IReadOnlyList<JsonElement>)[.. content.Datasets.Where(query.Matches)]));
    }

    /// <inheritdoc/>
    public ValueTask<JsonElement?> FindCollectionAsync(string collectionId, CancellationToken cancellationToken) => new(Use(content => content.FindCollection(collectionId)));

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<JsonElement>> ListCollectionsAsync(CancellationToken cancellationToken) => new(Use(content => content.Collections));

    /// <inheritdoc/>
    public ValueTask<HubItem?> FindItemAsync(string collectionId, string itemId, CancellationToken cancellationToken) => new(Use(content => content.FindItem(collectionId, itemId)));

    /// <inheritdoc/>
    public ValueTask<HubItemPage> ListItemsAsync(HubItemQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        return new(Use(content => content.ListItems(query, cancellationToken)));
    }

    /// <inheritdoc/>
    public ValueTask<HubItem?> FindModelAsync(string modelId, CancellationToken cancellationToken) => new(Use(content => content.FindModel(modelId)));

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<HubItem>> ListModelsAsync(CancellationToken cancellationToken) => new(Use(content => content.Models()));

    /// <inheritdoc/>
    public ValueTask<HubArchive?> FindArchiveAsync(string collectionId, CancellationToken cancellationToken) => new(Use(content => content.FindArchive(collectionId)));

    /// <inheritdoc/>
    public ValueTask<HubCatalog?> FindCatalogAsync(string datasetId, Uri storageUrl, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(storageUrl);
        return new(Use(content => content.FindCatalog(datasetId, storageUrl)));
    }

    /// <inheritdoc/>
    public ValueTask<HubFile?> FindFileAsync(IReadOnlyList<string> path, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(path);
        return new(path is [LocalAssets.Root, ..] ? Use(content => content.Storage.FindFile([.. path.Skip(1)])) : null);
    }

    /// <summary>Closes the index, and removes what is temporary.</summary>
    public async ValueTask DisposeAsync()
    {
        await DisposeCoreAsync().ConfigureAwait(false);
        _previous?.Dispose();
        _content?.Dispose();
        _refreshing.Dispose();
        _places.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Opens the index, and brings it up to date unless it is trusted.</summary>
    private protected async Task OpenAsync(bool trust, CancellationToken cancellationToken)
    {
        var index = IndexReader.TryOpen(_places.IndexPath);
        try
        {
            if (index is null || !trust || !CanTrust(index))
            {
                var current = await UpdateAsync(index, cancellationToken).ConfigureAwait(false);
                if (current != index)
                {
                    index?.Dispose();
                }

                index = current;
            }

            _content = new HubContent(index, StorageOf(index), _places.CatalogueDirectory);
        }
        catch
        {
            index?.Dispose();
            throw;
        }
    }

    /// <summary>Brings the index up to date, and returns the given one if nothing has changed.</summary>
    private protected abstract Task<IndexReader> UpdateIndexAsync(IndexReader? current, CancellationToken cancellationToken);

    /// <summary>Whether an index is of this hub.</summary>
    private protected virtual bool CanTrust(IndexReader index) => true;

    /// <summary>Where the files of an index are.</summary>
    private protected abstract IHubStorage StorageOf(IndexReader index);

    /// <summary>Closes what only this kind of hub has.</summary>
    private protected virtual ValueTask DisposeCoreAsync() => default;

    // Another process may have replaced the index already.
    private IndexReader? Published(IndexReader before)
    {
        var published = IndexReader.TryOpen(_places.IndexPath);
        if (published?.Revision != before.Revision)
        {
            return published;
        }

        published.Dispose();
        return before;
    }

    private async Task<IndexReader> UpdateAsync(IndexReader? current, CancellationToken cancellationToken)
    {
        try
        {
            return await UpdateIndexAsync(current, cancellationToken).ConfigureAwait(false);
        }
        catch (Microsoft.Data.Sqlite.SqliteException error)
        {
            throw new IOException($"The index '{_places.IndexPath}' cannot be written: {error.Message}. Free some space, or choose another folder for the index.", error);
        }
    }

    // Another process may have replaced the index.
    private T Use<T>(Func<HubContent, T> use)
    {
        var content = Content;
        try
        {
            return use(content);
        }
        catch (IndexReplacedException)
        {
            Replace(IndexReader.TryOpen(_places.IndexPath) ?? throw new IOException($"The index '{_places.IndexPath}' is gone. Start the hub again."), content);
            return use(Content);
        }
    }

    // Requests that have begun still use the previous index.
    private void Replace(IndexReader index, HubContent? failed = null)
    {
        lock (_places)
        {
            if (failed is not null && failed != _content)
            {
                // Another request was first.
                index.Dispose();
                return;
            }

            _previous?.Dispose();
            _previous = _content;
            _content = new HubContent(index, StorageOf(index), _places.CatalogueDirectory);
        }
    }
}
