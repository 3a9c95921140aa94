using System.Text.Json;
using MlHub.Hub.Index;
using MlHub.Hub.Scanning;
using MlHub.Hub.Serving;
using MlHub.Server;

namespace MlHub.Hub;

/// <summary>
/// Serves a directory with what downloads of MlHub.Sdk and of the Python client leave behind: archives, catalogue trees with assets, tarballs of catalogues; and any static STAC catalogue.
/// </summary>
/// <remarks>
/// <para>
/// The hub reads every JSON file and every <c>*.tar.gz</c> once, and writes an index (SQLite). Files that cannot be served are left out with a reason (<see cref="ListLeftOut"/>), and never
/// stop the others. Items are not kept in memory. The files of assets are looked up when they are asked for.
/// </para>
/// <para>
/// Only datasets are served: the files in the folders of datasets, and archives. No path leads out of the directory, and links are not followed.
/// </para>
/// </remarks>
/// <example>
/// <code>
/// await using var hub = await DirectoryHub.OpenAsync("/data/mlhub");
/// await using var server = await MlHubServer.StartAsync(hub);
/// </code>
/// </example>
public sealed class DirectoryHub : IHub, IAsyncDisposable
{
    private readonly string _root;
    private readonly HubPlaces _places;
    private readonly DirectoryHubOptions _options;
    private readonly SemaphoreSlim _refreshing = new(1);
    private volatile HubContent _content;
    private HubContent? _previous;

    private DirectoryHub(string root, HubPlaces places, DirectoryHubOptions options, HubContent content)
    {
        _root = root;
        _places = places;
        _options = options;
        _content = content;
    }

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

    /// <summary>Opens a directory. The first time, it is read and indexed; then only what has changed is read again.</summary>
    /// <param name="directory">The directory.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <param name="cancellationToken">Cancels the indexing. The next call begins again, or continues with the last complete index.</param>
    /// <returns>The hub. Dispose it after the servers that use it.</returns>
    /// <exception cref="DirectoryNotFoundException">There is no such directory.</exception>
    /// <exception cref="IOException">The index cannot be written: for example, the disk is full.</exception>
    public static async Task<DirectoryHub> OpenAsync(string directory, DirectoryHubOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        options ??= new DirectoryHubOptions();
        var root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory));
        if (!Directory.Exists(root))
        {
            throw new DirectoryNotFoundException($"There is no directory '{root}'.");
        }

        var places = HubPlaces.For(root, options.IndexDirectory);
        var index = IndexReader.TryOpen(places.IndexPath);
        try
        {
            if (index is null || !options.TrustIndex)
            {
                var current = await UpdateAsync(root, places, index, options, cancellationToken).ConfigureAwait(false);
                if (current != index)
                {
                    index?.Dispose();
                }

                index = current;
            }

            return new DirectoryHub(root, places, options, new HubContent(root, index, places.CatalogueDirectory));
        }
        catch
        {
            index?.Dispose();
            places.Dispose();
            throw;
        }
    }

    /// <summary>Compares the directory with the index, and serves what has changed.</summary>
    /// <param name="cancellationToken">Cancels it. What was served before is still served.</param>
    /// <returns>Whether something has changed.</returns>
    /// <exception cref="IOException">The index cannot be written. What was served before is still served.</exception>
    public async Task<bool> RefreshAsync(CancellationToken cancellationToken = default)
    {
        await _refreshing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var before = _content.Index;
            var published = Published(before);
            var index = await UpdateAsync(_root, _places, published, _options, cancellationToken).ConfigureAwait(false);
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
    public ValueTask<JsonElement?> FindItemAsync(string collectionId, string itemId, CancellationToken cancellationToken) => new(Use(content => content.FindItem(collectionId, itemId)));

    /// <inheritdoc/>
    public ValueTask<HubItemPage> ListItemsAsync(HubItemQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        return new(Use(content => content.ListItems(query, cancellationToken)));
    }

    /// <inheritdoc/>
    public ValueTask<JsonElement?> FindModelAsync(string modelId, CancellationToken cancellationToken) => new(Use(content => content.FindModel(modelId)));

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<JsonElement>> ListModelsAsync(CancellationToken cancellationToken) => new(Use(content => content.Models()));

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
        return new(path is [LocalAssets.Root, ..] ? Use(content => content.Files.Find([.. path.Skip(1)])) : null);
    }

    /// <summary>Closes the index, and removes what is temporary.</summary>
    public ValueTask DisposeAsync()
    {
        _previous?.Dispose();
        _content.Dispose();
        _refreshing.Dispose();
        _places.Dispose();
        return default;
    }

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

    private static async Task<IndexReader> UpdateAsync(string root, HubPlaces places, IndexReader? current, DirectoryHubOptions options, CancellationToken cancellationToken)
    {
        try
        {
            return await new IndexBuild(root, places.IndexPath, options.Progress).RunAsync(current, cancellationToken).ConfigureAwait(false);
        }
        catch (Microsoft.Data.Sqlite.SqliteException error)
        {
            throw new IOException($"The index '{places.IndexPath}' cannot be written: {error.Message}. Free some space, or choose another folder for the index.", error);
        }
    }

    // Another process may have replaced the index.
    private T Use<T>(Func<HubContent, T> use)
    {
        var content = _content;
        try
        {
            return use(content);
        }
        catch (IndexReplacedException)
        {
            Replace(IndexReader.TryOpen(_places.IndexPath) ?? throw new IOException($"The index '{_places.IndexPath}' is gone. Start the hub again."), content);
            return use(_content);
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
            _content = new HubContent(_root, index, _places.CatalogueDirectory);
        }
    }
}
