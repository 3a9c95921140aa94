using System.Text.Json;

namespace MlHub.Server;

/// <summary>
/// The content of a server: datasets, collections, items and models as JSON, and archives, catalogues and assets as files. Implement it to serve your own content.
/// </summary>
/// <remarks>
/// <para>
/// A hub does not handle routes, keys or hosts. It finds single entities by their ids, and evaluates the queries of lists itself, so that it can use an index. The method
/// <c>Matches</c> of the queries and <see cref="HubItemPage.Of"/> are for hubs that keep everything in memory.
/// </para>
/// <para>
/// Entities are JSON objects as in the description of the API. They are sent unchanged, including the digits of numbers. The members <c>id</c>, <c>title</c>, <c>collections</c>
/// (an array of <c>{"id", "types"}</c>), <c>registry</c>, <c>doi</c> and <c>citation</c> of a dataset are required; the last two may be <see langword="null"/>. The types of a collection are
/// <c>source_imagery</c>, <c>labels</c> or both, and <c>registry</c> is the address of the web page of the dataset. Collections, items and models are STAC 1.0.0. Items and models have the member
/// <c>collection</c>. A running server sends the description of the API at the path <c>api</c> below its root, without a key. The server replaces their structural links (<c>self</c>, <c>root</c>, <c>parent</c>,
/// <c>collection</c>, <c>items</c>, <c>item</c>, <c>child</c>) with its own, so a hub can return the content of STAC files unchanged. The <c>href</c> of an asset is absolute or relative to
/// the server's storage, where <see cref="FindFileAsync"/> finds it; the <c>href</c> of any other link is absolute or relative to the root of the API.
/// </para>
/// <para>
/// Ids are opaque and case-sensitive. They come from the network and may contain any character, including slashes and <c>..</c>. Never build a file path from an id without
/// checking it. The methods are called from several threads at the same time. Their token is cancelled when the client disconnects. An exception is logged and becomes a
/// response with status 500; an <see cref="UnknownTokenException"/> becomes a 400, and a <see cref="HubUnavailableException"/> a 503.
/// </para>
/// <para>
/// The server does not dispose a hub, because several servers may share one.
/// </para>
/// </remarks>
/// <example>
/// A method that serves one collection from a file:
/// <code>
/// public ValueTask&lt;JsonElement?&gt; FindCollectionAsync(string collectionId, CancellationToken cancellationToken) =>
///     new(collectionId == "crops" ? JsonElement.Parse(File.ReadAllBytes("/data/crops/collection.json")) : null);
/// </code>
/// </example>
public interface IHub
{
    /// <summary>One dataset, or <see langword="null"/> if there is none with this id.</summary>
    ValueTask<JsonElement?> FindDatasetAsync(string datasetId, CancellationToken cancellationToken);

    /// <summary>One dataset, or <see langword="null"/> if there is none with this DOI (<c>10.5555/name</c>, without <c>https://doi.org/</c>).</summary>
    ValueTask<JsonElement?> FindDatasetByDoiAsync(string doi, CancellationToken cancellationToken);

    /// <summary>The datasets that match the query, in the order of the list.</summary>
    ValueTask<IReadOnlyList<JsonElement>> ListDatasetsAsync(HubDatasetQuery query, CancellationToken cancellationToken);

    /// <summary>One collection, or <see langword="null"/> if there is none with this id.</summary>
    ValueTask<JsonElement?> FindCollectionAsync(string collectionId, CancellationToken cancellationToken);

    /// <summary>All collections, in the order of the list.</summary>
    ValueTask<IReadOnlyList<JsonElement>> ListCollectionsAsync(CancellationToken cancellationToken);

    /// <summary>One item, or <see langword="null"/> if the collection has none with this id.</summary>
    ValueTask<HubItem?> FindItemAsync(string collectionId, string itemId, CancellationToken cancellationToken);

    /// <summary>One page of the items that match the query.</summary>
    /// <exception cref="UnknownTokenException">The token of the query is unknown.</exception>
    ValueTask<HubItemPage> ListItemsAsync(HubItemQuery query, CancellationToken cancellationToken);

    /// <summary>One model, or <see langword="null"/> if there is none with this id.</summary>
    ValueTask<HubItem?> FindModelAsync(string modelId, CancellationToken cancellationToken);

    /// <summary>All models, in the order of the list.</summary>
    ValueTask<IReadOnlyList<HubItem>> ListModelsAsync(CancellationToken cancellationToken);

    /// <summary>The archive of a collection, or <see langword="null"/> if it has none. The server serves its file without calling <see cref="FindFileAsync"/>.</summary>
    ValueTask<HubArchive?> FindArchiveAsync(string collectionId, CancellationToken cancellationToken);

    /// <summary>The catalogue of a dataset, or <see langword="null"/> if it has none.</summary>
    /// <param name="datasetId">The dataset's id.</param>
    /// <param name="storageUrl">
    /// The URL of the server's storage for this client, with a trailing slash. A catalogue contains absolute URLs of assets, which begin with it. A client requests the size
    /// first and then the file, so the catalogue of one <paramref name="storageUrl"/> must not change.
    /// </param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    ValueTask<HubCatalog?> FindCatalogAsync(string datasetId, Uri storageUrl, CancellationToken cancellationToken);

    /// <summary>The file of an asset, or <see langword="null"/> if there is none with this path.</summary>
    /// <param name="path">
    /// The segments of the asset's <c>href</c>, each percent-decoded: <c>assets</c>, <c>crops</c> and <c>B04.tif</c> for <c>assets/crops/B04.tif</c>. They come from the network: a segment
    /// may be empty, be <c>..</c> or contain a slash. Paths of two segments that begin with <c>archives</c> or <c>catalogs</c> are not passed to this method.
    /// </param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    ValueTask<HubFile?> FindFileAsync(IReadOnlyList<string> path, CancellationToken cancellationToken);
}
