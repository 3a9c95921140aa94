using System.Text.Json;

namespace MlHub.Server;

/// <summary>
/// The content of a server: datasets, collections, items and models as JSON, and archives, catalogues and assets as files.
/// </summary>
/// <remarks>
/// A hub does not know routes, keys or hosts. Its STAC entities have no structural links (<c>self</c>, <c>root</c>, <c>parent</c>,
/// <c>collection</c>, <c>items</c>): the server adds them. The <c>href</c> of an asset is absolute or relative to the server's storage, where
/// <see cref="FindFileAsync"/> finds it. The <c>href</c> of any other link is absolute or relative to the root of the API.
/// Implementations are thread-safe.
/// </remarks>
public interface IHub : IAsyncDisposable
{
    /// <summary>All datasets, in the order in which they are listed.</summary>
    ValueTask<IReadOnlyList<JsonElement>> ListDatasetsAsync(CancellationToken cancellationToken);

    /// <summary>All collections, in the order in which they are listed.</summary>
    ValueTask<IReadOnlyList<JsonElement>> ListCollectionsAsync(CancellationToken cancellationToken);

    /// <summary>One collection, or <see langword="null"/> if there is none with this id.</summary>
    ValueTask<JsonElement?> FindCollectionAsync(string collectionId, CancellationToken cancellationToken);

    /// <summary>One page of a collection's items, or <see langword="null"/> if there is no collection with this id.</summary>
    /// <exception cref="UnknownItemException">The query starts at an item that is not in the collection.</exception>
    ValueTask<HubItemPage?> ListItemsAsync(string collectionId, HubItemQuery query, CancellationToken cancellationToken);

    /// <summary>One item, or <see langword="null"/> if the collection has none with this id.</summary>
    ValueTask<JsonElement?> FindItemAsync(string collectionId, string itemId, CancellationToken cancellationToken);

    /// <summary>All models, in the order in which they are listed.</summary>
    ValueTask<IReadOnlyList<JsonElement>> ListModelsAsync(CancellationToken cancellationToken);

    /// <summary>The archive of a collection, or <see langword="null"/> if it has none.</summary>
    ValueTask<HubArchive?> FindArchiveAsync(string collectionId, CancellationToken cancellationToken);

    /// <summary>The catalogue of a dataset, or <see langword="null"/> if it has none.</summary>
    /// <param name="datasetId">The dataset's id.</param>
    /// <param name="storageUrl">The server's storage, with a trailing slash: a catalogue names the assets by absolute URLs.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    ValueTask<HubCatalog?> FindCatalogAsync(string datasetId, Uri storageUrl, CancellationToken cancellationToken);

    /// <summary>An asset's file, or <see langword="null"/> if there is none with this path.</summary>
    /// <param name="path">
    /// The segments of the asset's <c>href</c>, each percent-decoded. They come from the network: one may be <c>..</c> or hold a slash.
    /// </param>
    /// <param name="cancellationToken">Stops the work.</param>
    ValueTask<HubFile?> FindFileAsync(IReadOnlyList<string> path, CancellationToken cancellationToken);
}
