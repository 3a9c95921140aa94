using System.Text.Json;
using MlHub.Hub.Index;
using MlHub.Hub.Postgres;
using MlHub.Hub.Serving;
using MlHub.Server;

namespace MlHub.Hub;

/// <summary>A hub that answers from an index: a <see cref="DirectoryHub"/> or a <see cref="DefinedHub"/>. The index is a file (SQLite) or a database (PostgreSQL).</summary>
public abstract class IndexedHub : IHub, IAsyncDisposable
{
    private readonly HubPlaces _places;
    private readonly SemaphoreSlim _refreshing = new(1);
    private volatile HubContent? _content;
    private HubContent? _previous;

    private readonly IIndexStore _store;

    private protected IndexedHub(HubPlaces places, IIndexStore store) => (_places, _store) = (places, store);

    private HubContent Content => _content ?? throw new InvalidOperationException("The hub is not open.");

    /// <summary>The collections that are served.</summary>
    public IReadOnlyList<ServedCollection> Collections
    {
        get
        {
            var content = Content;
            return
            [
                .. content.StoredCollections.Select(collection => new ServedCollection
                {
                    Id = collection.Name,
                    Dataset = collection.Dataset ?? "",
                    Types = content.TypesOf(collection.Name),
                    Items = collection.Items,
                    ArchiveBytes = content.ArchiveBytes(collection.Name),
                }),
            ];
        }
    }

    /// <summary>Compares the storage with the index, and serves what has changed.</summary>
    /// <param name="cancellationToken">Cancels it. What was served before is still served.</param>
    /// <returns>Whether something has changed.</returns>
    /// <remarks>If the index is in a database, another process may already be doing this. Then this process keeps serving the existing version.</remarks>
    /// <exception cref="IOException">The index cannot be written. What was served before is still served.</exception>
    public async Task<bool> RefreshAsync(CancellationToken cancellationToken = default)
    {
        await _refreshing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var before = Content;
            var index = await _store.UpdateAsync(before.Index, current => UpdateIndexAsync(current, cancellationToken), cancellationToken).ConfigureAwait(false);
            if (index == before.Index)
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
    /// <param name="cancellationToken">Cancels it.</param>
    public ValueTask<IReadOnlyList<LeftOutFile>> ListLeftOutAsync(CancellationToken cancellationToken = default) =>
        UseAsync(content => new ValueTask<IReadOnlyList<LeftOutFile>>([.. content.Index.LeftOut().Select(file => new LeftOutFile(file.Path, file.Reason))]), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<JsonElement?> FindDatasetAsync(string datasetId, CancellationToken cancellationToken) =>
        UseAsync(content => new ValueTask<JsonElement?>(content.FindDataset("id", datasetId)), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<JsonElement?> FindDatasetByDoiAsync(string doi, CancellationToken cancellationToken) =>
        UseAsync(content => new ValueTask<JsonElement?>(content.FindDataset("doi", doi)), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<JsonElement>> ListDatasetsAsync(HubDatasetQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        return UseAsync(content => new ValueTask<IReadOnlyList<JsonElement>>([.. content.Datasets.Where(query.Matches)]), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<JsonElement?> FindCollectionAsync(string collectionId, CancellationToken cancellationToken) =>
        UseAsync(content => new ValueTask<JsonElement?>(content.FindCollection(collectionId)), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<JsonElement>> ListCollectionsAsync(CancellationToken cancellationToken) =>
        UseAsync(content => new ValueTask<IReadOnlyList<JsonElement>>(content.Collections), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<HubItem?> FindItemAsync(string collectionId, string itemId, CancellationToken cancellationToken) =>
        UseAsync(content => content.FindItemAsync(collectionId, itemId, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<HubItemPage> ListItemsAsync(HubItemQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        return UseAsync(content => content.ListItemsAsync(query, cancellationToken), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<HubItem?> FindModelAsync(string modelId, CancellationToken cancellationToken) =>
        UseAsync(content => content.FindModelAsync(modelId, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<HubItem>> ListModelsAsync(CancellationToken cancellationToken) =>
        UseAsync(content => content.ListModelsAsync(cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<HubArchive?> FindArchiveAsync(string collectionId, CancellationToken cancellationToken) =>
        UseAsync(content => new ValueTask<HubArchive?>(content.FindArchive(collectionId)), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<HubCatalog?> FindCatalogAsync(string datasetId, Uri storageUrl, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(storageUrl);
        return UseAsync(content => content.FindCatalogAsync(datasetId, storageUrl, cancellationToken), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<HubFile?> FindFileAsync(IReadOnlyList<string> path, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(path);
        return UseAsync(content => new ValueTask<HubFile?>(content.Storage.FindFile([.. path])), cancellationToken);
    }

    /// <summary>Closes the index, and removes what is temporary.</summary>
    public async ValueTask DisposeAsync()
    {
        await DisposeCoreAsync().ConfigureAwait(false);
        _previous?.Dispose();
        _content?.Dispose();
        await _store.DisposeAsync().ConfigureAwait(false);
        _refreshing.Dispose();
        _places.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Opens the index, and brings it up to date unless it is trusted.</summary>
    private protected async Task OpenAsync(bool trust, CancellationToken cancellationToken)
    {
        var index = await _store.TryOpenAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (index is null || !trust || !CanTrust(index))
            {
                var current = await _store.UpdateAsync(index, file => UpdateIndexAsync(file, cancellationToken), cancellationToken).ConfigureAwait(false);
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

    /// <summary>Where the index is published.</summary>
    /// <param name="database">The address of a database. Null for a file.</param>
    /// <param name="hub">What the index is of.</param>
    /// <param name="places">The folders of the hub.</param>
    private protected static IIndexStore StoreOf(string? database, string hub, HubPlaces places) =>
        database is null ? new IndexFile(places.IndexPath) : new PostgresStore(PostgresAddress.Parse(database), hub, places.IndexPath);

    /// <summary>Brings the index up to date, and returns the given one if nothing has changed.</summary>
    private protected abstract Task<IndexReader> UpdateIndexAsync(IndexReader? current, CancellationToken cancellationToken);

    /// <summary>Whether an index is of this hub.</summary>
    private protected virtual bool CanTrust(IHubIndex index) => true;

    /// <summary>Where the files of an index are.</summary>
    private protected abstract IHubStorage StorageOf(IHubIndex index);

    /// <summary>Closes what only this kind of hub has.</summary>
    private protected virtual ValueTask DisposeCoreAsync() => default;

    // Another process may have replaced the index.
    private async ValueTask<T> UseAsync<T>(Func<HubContent, ValueTask<T>> use, CancellationToken cancellationToken)
    {
        var content = Content;
        try
        {
            if (!await content.Index.IsReplacedAsync(cancellationToken).ConfigureAwait(false))
            {
                return await use(content).ConfigureAwait(false);
            }
        }
        catch (IndexReplacedException)
        {
            // It is opened again.
        }

        Replace(await _store.TryOpenAsync(cancellationToken).ConfigureAwait(false) ?? throw new IOException("The index is gone. Start the hub again."), content);
        return await use(Content).ConfigureAwait(false);
    }

    // Requests that have begun still use the previous index.
    private void Replace(IHubIndex index, HubContent? failed = null)
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
