using System.Collections.Concurrent;
using System.Text.Json;
using MlHub.Server;

namespace MlHub.Sandbox;

/// <summary>The sandbox hub, with files that a test can change.</summary>
internal sealed class ChangingHub(SandboxHub hub) : IHub
{
    private readonly ConcurrentDictionary<string, int> _changes = new(StringComparer.Ordinal);

    /// <exception cref="ArgumentException">The sandbox has no such file.</exception>
    public void Change(string path)
    {
        if (!hub.HasFile(path))
        {
            throw new ArgumentException($"The sandbox has no file '{path}'. A path begins with archives/, catalogs/ or assets/.", nameof(path));
        }

        _changes.AddOrUpdate(path, 1, (_, count) => count + 1);
    }

    public ValueTask<JsonElement?> FindDatasetAsync(string datasetId, CancellationToken cancellationToken) => hub.FindDatasetAsync(datasetId, cancellationToken);

    public ValueTask<JsonElement?> FindDatasetByDoiAsync(string doi, CancellationToken cancellationToken) => hub.FindDatasetByDoiAsync(doi, cancellationToken);

    public ValueTask<IReadOnlyList<JsonElement>> ListDatasetsAsync(HubDatasetQuery query, CancellationToken cancellationToken) => hub.ListDatasetsAsync(query, cancellationToken);

    public ValueTask<JsonElement?> FindCollectionAsync(string collectionId, CancellationToken cancellationToken) => hub.FindCollectionAsync(collectionId, cancellationToken);

    public ValueTask<IReadOnlyList<JsonElement>> ListCollectionsAsync(CancellationToken cancellationToken) => hub.ListCollectionsAsync(cancellationToken);

    public ValueTask<HubItem?> FindItemAsync(string collectionId, string itemId, CancellationToken cancellationToken) =>
        hub.FindItemAsync(collectionId, itemId, cancellationToken);

    public ValueTask<HubItemPage> ListItemsAsync(HubItemQuery query, CancellationToken cancellationToken) => hub.ListItemsAsync(query, cancellationToken);

    public ValueTask<HubItem?> FindModelAsync(string modelId, CancellationToken cancellationToken) => hub.FindModelAsync(modelId, cancellationToken);

    public ValueTask<IReadOnlyList<HubItem>> ListModelsAsync(CancellationToken cancellationToken) => hub.ListModelsAsync(cancellationToken);

    public async ValueTask<HubArchive?> FindArchiveAsync(string collectionId, CancellationToken cancellationToken) =>
        await hub.FindArchiveAsync(collectionId, cancellationToken).ConfigureAwait(false) is { } archive
            ? archive with { File = Changed($"archives/{collectionId}.tar.gz", archive.File) }
            : null;

    public async ValueTask<HubCatalog?> FindCatalogAsync(string datasetId, Uri storageUrl, CancellationToken cancellationToken) =>
        await hub.FindCatalogAsync(datasetId, storageUrl, cancellationToken).ConfigureAwait(false) is { } catalog
            ? catalog with { File = Changed($"catalogs/{datasetId}.tar.gz", catalog.File) }
            : null;

    public async ValueTask<HubFile?> FindFileAsync(IReadOnlyList<string> path, CancellationToken cancellationToken) =>
        await hub.FindFileAsync(path, cancellationToken).ConfigureAwait(false) is { } file ? Changed(string.Join('/', path), file) : null;

    private HubFile Changed(string path, HubFile file)
    {
        if (!_changes.TryGetValue(path, out var count))
        {
            return file;
        }

        var content = new byte[file.Length];
        using var original = file.OpenRead();
        original.ReadExactly(content);
        content[^1] += (byte)count;
        return HubFile.FromMemory(content, file.ContentType, file.LastModified.AddDays(count));
    }
}
