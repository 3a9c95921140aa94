using System.Collections.Concurrent;
using System.Text.Json;
using MlHub.Server;

namespace MlHub.Sandbox;

/// <summary>A small but complete hub that needs no network and no account. Its data is always the same, byte for byte.</summary>
/// <remarks>
/// It contains source and label collections, one collection of both types, one that is listed twice, one with an open interval and no title, one
/// without an archive, collections of more than one page, a model, archives and catalogues. Everything is in memory, and is created when it is
/// first requested.
/// </remarks>
public sealed class SandboxHub : IHub
{
    /// <summary>The dataset for first steps: three collections, each with an archive of a few MiB.</summary>
    public const string FirstDatasetId = "sandbox_crops_kenya";

    // The time of every file, so that nothing depends on the current time.
    private static readonly DateTimeOffset FileTime = new(2022, 6, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly Lazy<SandboxDataset[]> _datasets = new(() => [CropsKenya.Create(), LandCoverTiles.Create(), FloodBangladesh.Create(), StormsPacific.Create(), AssetsWorld.Create()]);
    private readonly Lazy<SandboxCollection> _model = new(CropModel.Create);
    private readonly Lazy<Dictionary<string, SandboxCollection>> _collections;
    private readonly ConcurrentDictionary<string, Lazy<HubArchive>> _archives = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Lazy<long>> _datasetSizes = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, CachedCatalog> _catalogs = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Lazy<JsonElement[]>> _items = new(StringComparer.Ordinal);
    private readonly Lazy<JsonElement[]> _datasetJson;
    private readonly Lazy<JsonElement[]> _collectionJson;
    private readonly Lazy<JsonElement[]> _modelJson;

    /// <summary>Creates a sandbox. Its content is created later.</summary>
    public SandboxHub()
    {
        _collections = new(() => _datasets.Value.SelectMany(dataset => dataset.Collections).Append(_model.Value)
            .ToDictionary(collection => collection.Id, StringComparer.Ordinal));
        _datasetJson = new(() => [.. _datasets.Value.Select(dataset => SandboxStac.ToElement(dataset.Json()))]);
        _collectionJson = new(() => [.. _collections.Value.Values.Select(collection => SandboxStac.ToElement(
            SandboxStac.Collection(collection, asset => SandboxFiles.Href(collection, null, asset))))]);
        _modelJson = new(() => Items(_model.Value));
    }

    /// <summary>The ids of the datasets, <see cref="FirstDatasetId"/> first.</summary>
    public IReadOnlyList<string> DatasetIds => [.. _datasets.Value.Select(dataset => dataset.Id)];

    /// <inheritdoc/>
    public ValueTask<JsonElement?> FindDatasetAsync(string datasetId, CancellationToken cancellationToken) => new(Find(_datasetJson.Value, "id", datasetId));

    /// <inheritdoc/>
    public ValueTask<JsonElement?> FindDatasetByDoiAsync(string doi, CancellationToken cancellationToken) => new(Find(_datasetJson.Value, "doi", doi));

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<JsonElement>> ListDatasetsAsync(HubDatasetQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        return new([.. _datasetJson.Value.Where(query.Matches)]);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<JsonElement>> ListCollectionsAsync(CancellationToken cancellationToken) => new(_collectionJson.Value);

    /// <inheritdoc/>
    public ValueTask<JsonElement?> FindCollectionAsync(string collectionId, CancellationToken cancellationToken) => new(Find(_collectionJson.Value, "id", collectionId));

    /// <inheritdoc/>
    public ValueTask<HubItemPage> ListItemsAsync(HubItemQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        var searched = query.Collections.Count == 0
            ? _collections.Value.Values
            : query.Collections.Distinct().Select(id => _collections.Value.GetValueOrDefault(id)).OfType<SandboxCollection>();
        return new(HubItemPage.Of([.. searched.SelectMany(Items)], query));
    }

    /// <inheritdoc/>
    public ValueTask<HubItem?> FindItemAsync(string collectionId, string itemId, CancellationToken cancellationToken) =>
        new(_collections.Value.TryGetValue(collectionId, out var collection) ? ItemOf(Find(Items(collection), "id", itemId)) : null);

    /// <inheritdoc/>
    public ValueTask<HubItem?> FindModelAsync(string modelId, CancellationToken cancellationToken) => new(ItemOf(Find(_modelJson.Value, "id", modelId)));

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<HubItem>> ListModelsAsync(CancellationToken cancellationToken) => new([.. _modelJson.Value.Select(model => new HubItem(model))]);

    /// <inheritdoc/>
    public ValueTask<HubArchive?> FindArchiveAsync(string collectionId, CancellationToken cancellationToken)
    {
        if (!_collections.Value.TryGetValue(collectionId, out var collection) || !collection.HasArchive)
        {
            return default;
        }

        return new(_archives.GetOrAdd(collectionId, _ => new Lazy<HubArchive>(() => new HubArchive
        {
            Collection = collection.Id,
            Dataset = collection.DatasetId!,
            Types = collection.Types,
            File = HubFile.FromMemory(Tarball.Make(SandboxFiles.Archive(collection), FileTime), "application/gzip", FileTime),
        })).Value);
    }

    /// <inheritdoc/>
    public ValueTask<HubCatalog?> FindCatalogAsync(string datasetId, Uri storageUrl, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(storageUrl);
        if (Array.Find(_datasets.Value, dataset => dataset.Id == datasetId) is not { } dataset)
        {
            return default;
        }

        // A catalogue contains URLs with the host that the client uses. The last catalogue is kept, because a client requests it several times.
        var cached = _catalogs.AddOrUpdate(
            datasetId,
            _ => new CachedCatalog(storageUrl, MakeCatalog(dataset, storageUrl)),
            (_, last) => last.StorageUrl == storageUrl ? last : new CachedCatalog(storageUrl, MakeCatalog(dataset, storageUrl)));
        return new(cached.Catalog);
    }

    /// <inheritdoc/>
    public ValueTask<HubFile?> FindFileAsync(IReadOnlyList<string> path, CancellationToken cancellationToken) =>
        new(SandboxFiles.Find(_collections.Value, [.. path]) is { } asset ? HubFile.FromMemory(asset.Make(), asset.ContentType, FileTime) : null);

    /// <summary>Whether the storage of a server over this hub has a file at this path.</summary>
    internal bool HasFile(string path) => path.Split('/') switch
    {
        ["archives", var name] => _collections.Value.TryGetValue(WithoutSuffix(name), out var collection) && collection.HasArchive,
        ["catalogs", var name] => Array.Exists(_datasets.Value, dataset => dataset.Id == WithoutSuffix(name)),
        var asset => SandboxFiles.Find(_collections.Value, asset) is not null,
    };

    private static string WithoutSuffix(string name) => name.EndsWith(".tar.gz", StringComparison.Ordinal) ? name[..^".tar.gz".Length] : "";

    private static JsonElement? Find(JsonElement[] entities, string name, string value)
    {
        var index = Array.FindIndex(entities, entity => entity.TryGetProperty(name, out var own) && own.ValueKind == JsonValueKind.String && own.ValueEquals(value));
        return index < 0 ? null : entities[index];
    }

    private static HubItem? ItemOf(JsonElement? json) => json is { } found ? new HubItem(found) : null;

    private JsonElement[] Items(SandboxCollection collection) => _items.GetOrAdd(collection.Id, _ => new Lazy<JsonElement[]>(() =>
        [.. collection.ListedItems.Select(item => SandboxStac.ToElement(
            SandboxStac.Item(collection, item, asset => SandboxFiles.Href(collection, item, asset))))])).Value;

    private HubCatalog MakeCatalog(SandboxDataset dataset, Uri storageUrl) => new()
    {
        Dataset = dataset.Id,
        EstimatedDatasetSize = _datasetSizes.GetOrAdd(dataset.Id, _ => new Lazy<long>(() => SandboxFiles.TotalSize(dataset))).Value,
        File = HubFile.FromMemory(Tarball.Make(SandboxFiles.Catalog(dataset, storageUrl), FileTime), "application/gzip", FileTime),
    };

    private sealed record CachedCatalog(Uri StorageUrl, HubCatalog Catalog);
}
