using System.Text.Json;

namespace MlHub.Server;

/// <summary>A small, whole and realistic hub that needs neither network nor account, the same to the byte wherever it runs.</summary>
public sealed class SandboxHub : IHub
{
    /// <summary>The dataset to begin with: three collections, with an archive of some MiB each.</summary>
    public const string FirstDatasetId = "sandbox_crops_kenya";

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<JsonElement>> ListDatasetsAsync(CancellationToken cancellationToken) => new([]);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<JsonElement>> ListCollectionsAsync(CancellationToken cancellationToken) => new([]);

    /// <inheritdoc/>
    public ValueTask<JsonElement?> FindCollectionAsync(string collectionId, CancellationToken cancellationToken) => default;

    /// <inheritdoc/>
    public ValueTask<HubItemPage?> ListItemsAsync(string collectionId, HubItemQuery query, CancellationToken cancellationToken) => default;

    /// <inheritdoc/>
    public ValueTask<JsonElement?> FindItemAsync(string collectionId, string itemId, CancellationToken cancellationToken) => default;

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<JsonElement>> ListModelsAsync(CancellationToken cancellationToken) => new([]);

    /// <inheritdoc/>
    public ValueTask<HubArchive?> FindArchiveAsync(string collectionId, CancellationToken cancellationToken) => default;

    /// <inheritdoc/>
    public ValueTask<HubCatalog?> FindCatalogAsync(string datasetId, Uri storageUrl, CancellationToken cancellationToken) => default;

    /// <inheritdoc/>
    public ValueTask<HubFile?> FindFileAsync(string storagePath, CancellationToken cancellationToken) => default;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => default;
}
