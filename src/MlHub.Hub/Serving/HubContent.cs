using System.Text.Json;
using MlHub.Hub.Index;
using MlHub.Hub.Reading;
using MlHub.Server;

namespace MlHub.Hub.Serving;

/// <summary>What a hub serves while its index stays the same. Datasets and collections are in memory, items are not.</summary>
internal sealed class HubContent : IDisposable
{
    private readonly Dictionary<string, StoredCollection> _collections;
    private readonly Dictionary<string, IndexedFile> _archives;
    private readonly ServedDocuments _documents;
    private readonly CatalogueTarballs _catalogues;

    internal HubContent(IHubIndex index, IHubStorage storage, string catalogueDirectory)
    {
        Index = index;
        Datasets = [.. index.Datasets().Select(dataset => JsonElement.Parse(dataset.Json))];
        _collections = index.Collections().ToDictionary(collection => collection.Name, StringComparer.Ordinal);
        _archives = index.Files(FileKind.Archive).Where(file => _collections.ContainsKey(file.Subject!)).ToDictionary(file => file.Subject!, StringComparer.Ordinal);
        Storage = storage;
        _documents = new ServedDocuments(storage);
        _catalogues = new CatalogueTarballs(index, _documents, catalogueDirectory);
        _catalogues.RemoveOthers();
    }

    internal IHubIndex Index { get; }

    internal IReadOnlyList<JsonElement> Datasets { get; }

    internal IHubStorage Storage { get; }

    internal IEnumerable<StoredCollection> StoredCollections => _collections.Values;

    internal IReadOnlyList<JsonElement> Collections => [.. _collections.Values.Where(collection => collection.Json is not null).Select(Serve)];

    internal JsonElement? FindDataset(string field, string value)
    {
        foreach (var dataset in Datasets)
        {
            if (dataset.Text(field) == value)
            {
                return dataset;
            }
        }

        return null;
    }

    internal JsonElement? FindCollection(string id) => _collections.TryGetValue(id, out var collection) && collection.Json is not null ? Serve(collection) : null;

    internal async ValueTask<HubItem?> FindItemAsync(string collectionId, string itemId, CancellationToken cancellationToken) =>
        _collections.TryGetValue(collectionId, out var collection) && await Index.FindItemAsync(collection.Id, itemId, cancellationToken).ConfigureAwait(false) is { } item
            ? _documents.ForApi(item, collectionId, new KnownFolders())
            : null;

    internal ValueTask<HubItemPage> ListItemsAsync(HubItemQuery query, CancellationToken cancellationToken)
    {
        var searched = query.Collections.Count == 0
            ? _collections.Values
            : query.Collections.Distinct(StringComparer.Ordinal).Select(id => _collections.GetValueOrDefault(id)).OfType<StoredCollection>();
        return ItemPages.OfAsync(Index, [.. searched.OrderBy(collection => collection.Name, StringComparer.Ordinal)], query, _documents, cancellationToken);
    }

    internal async ValueTask<IReadOnlyList<HubItem>> ListModelsAsync(CancellationToken cancellationToken) =>
        [.. (await Index.ListModelsAsync(cancellationToken).ConfigureAwait(false)).Select(model => _documents.ForApi(model.Item, model.Collection, new KnownFolders(), isPublic: true))];

    internal async ValueTask<HubItem?> FindModelAsync(string id, CancellationToken cancellationToken)
    {
        foreach (var (collection, item) in await Index.ListModelsAsync(cancellationToken).ConfigureAwait(false))
        {
            if (item.Name == id)
            {
                return _documents.ForApi(item, collection, new KnownFolders(), isPublic: true);
            }
        }

        return null;
    }

    internal HubArchive? FindArchive(string collectionId) =>
        _archives.TryGetValue(collectionId, out var archive) && Storage.FindArchive(archive) is { } file
            ? new HubArchive { Collection = collectionId, Dataset = _collections[collectionId].Dataset ?? "", Types = TypesOf(collectionId), File = file }
            : null;

    internal async ValueTask<HubCatalog?> FindCatalogAsync(string datasetId, Uri storage, CancellationToken cancellationToken) =>
        FindDataset("id", datasetId) is null ? null : await _catalogues.OfAsync(
            datasetId,
            [.. _collections.Values.Where(collection => collection.Dataset == datasetId).OrderBy(collection => collection.Name, StringComparer.Ordinal)],
            storage,
            Storage.IsPrivate(datasetId),
            cancellationToken).ConfigureAwait(false);

    /// <summary>The types of a collection, as its dataset says.</summary>
    internal IReadOnlyList<string> TypesOf(string collectionId) =>
    [
        .. FindDataset("id", _collections[collectionId].Dataset ?? "")?.List("collections").Where(collection => collection.Text("id") == collectionId)
            .SelectMany(collection => collection.List("types")).Where(type => type.ValueKind == JsonValueKind.String).Select(type => type.GetString()!).Distinct(StringComparer.Ordinal) ?? [],
    ];

    internal long? ArchiveBytes(string collectionId) => _archives.TryGetValue(collectionId, out var archive) ? archive.Size : null;

    public void Dispose()
    {
        Index.Dispose();
        _catalogues.Dispose();
    }

    private JsonElement Serve(StoredCollection collection) =>
        _documents.ForApi(Body.Expand(collection.Json!), new DocumentPlace(collection.Path ?? "", collection.Entry, collection.Source, collection.Name, null) { IsPublic = true });
}
