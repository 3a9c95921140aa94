using System.Text.Json;

namespace MlHub.Server;

/// <summary>
/// The content of a server: datasets, collections, items and models as JSON, and archives, catalogues and assets as files. Whoever implements it has an MLHub API.
/// </summary>
/// <remarks>
/// <para>
/// A hub knows neither routes nor keys nor hosts. It finds one thing by its id, and answers the query of a list itself, so that an index can do both. The
/// <c>Matches</c> of a query and <see cref="HubItemPage.Of"/> are for hubs that hold everything in memory.
/// </para>
/// <para>
/// Entities are JSON objects as the description of the API has them, and go out as they are, digit for digit. The members <c>id</c>, <c>title</c>, <c>collections</c>
/// (an array of <c>{"id", "types"}</c>), <c>registry</c>, <c>doi</c> and <c>citation</c> of a dataset are required; the last two may be <see langword="null"/>. Collections,
/// items and models are STAC 1.0.0; an item and a model have the member <c>collection</c>. The server replaces their structural links (<c>self</c>, <c>root</c>, <c>parent</c>,
/// <c>collection</c>, <c>items</c>, <c>item</c>, <c>child</c>) by its own, so a hub can return STAC files as they are. The <c>href</c> of an asset is absolute or relative to
/// the server's storage, where <see cref="FindFileAsync"/> finds it; the <c>href</c> of any other link is absolute or relative to the root of the API.
/// </para>
/// <para>
/// Ids are opaque and case-sensitive, and come from the network: they may contain any character, also slashes and <c>..</c>. Never make a path of one without a check. The
/// methods are called from many threads at once. Their token is cancelled when the client has gone. An exception becomes an answer with status 500, and is logged; an
/// <see cref="UnknownTokenException"/> becomes a 400.
/// </para>
/// <para>
/// The server does not dispose a hub, because several servers may share one.
/// </para>
/// </remarks>
/// <example>
/// The smallest useful method: one collection from a file.
/// <code>
/// public ValueTask&lt;JsonElement?&gt; FindCollectionAsync(string collectionId, CancellationToken cancellationToken) =>
///     new(collectionId == "crops" ? JsonElement.Parse(File.ReadAllBytes("/data/crops/collection.json")) : null);
/// </code>
/// </example>
public interface IHub
{
    /// <summary>One dataset, or <see langword="null"/> if there is none with this id.</summary>
    ValueTask<JsonElement?> FindDatasetAsync(string datasetId, CancellationToken cancellationToken);

    /// <summary>One dataset, or <see langword="null"/> where none has this DOI (<c>10.5555/name</c>, without <c>https://doi.org/</c>).</summary>
    ValueTask<JsonElement?> FindDatasetByDoiAsync(string doi, CancellationToken cancellationToken);

    /// <summary>The datasets that meet the query, in the order in which they are listed.</summary>
    ValueTask<IReadOnlyList<JsonElement>> ListDatasetsAsync(HubDatasetQuery query, CancellationToken cancellationToken);

    /// <summary>One collection, or <see langword="null"/> if there is none with this id.</summary>
    ValueTask<JsonElement?> FindCollectionAsync(string collectionId, CancellationToken cancellationToken);

    /// <summary>All collections, in the order in which they are listed.</summary>
    ValueTask<IReadOnlyList<JsonElement>> ListCollectionsAsync(CancellationToken cancellationToken);

    /// <summary>One item, or <see langword="null"/> if the collection has none with this id.</summary>
    ValueTask<JsonElement?> FindItemAsync(string collectionId, string itemId, CancellationToken cancellationToken);

    /// <summary>One page of a collection's items, or <see langword="null"/> if there is no collection with this id.</summary>
    /// <exception cref="UnknownTokenException">The token of the query names no page.</exception>
    ValueTask<HubItemPage?> ListItemsAsync(string collectionId, HubItemQuery query, CancellationToken cancellationToken);

    /// <summary>One model, or <see langword="null"/> if there is none with this id.</summary>
    ValueTask<JsonElement?> FindModelAsync(string modelId, CancellationToken cancellationToken);

    /// <summary>All models, in the order in which they are listed.</summary>
    ValueTask<IReadOnlyList<JsonElement>> ListModelsAsync(CancellationToken cancellationToken);

    /// <summary>The archive of a collection, or <see langword="null"/> if it has none. The server serves its file; <see cref="FindFileAsync"/> is not asked for it.</summary>
    ValueTask<HubArchive?> FindArchiveAsync(string collectionId, CancellationToken cancellationToken);

    /// <summary>The catalogue of a dataset, or <see langword="null"/> if it has none.</summary>
    /// <param name="datasetId">The dataset's id.</param>
    /// <param name="storageUrl">
    /// The server's storage, with a trailing slash, as the client sees it. A catalogue names the assets by absolute URLs, which begin with it. A client asks for the size first and
    /// then for the file, so the catalogue of one <paramref name="storageUrl"/> must stay the same.
    /// </param>
    /// <param name="cancellationToken">Stops the work.</param>
    ValueTask<HubCatalog?> FindCatalogAsync(string datasetId, Uri storageUrl, CancellationToken cancellationToken);

    /// <summary>An asset's file, or <see langword="null"/> if there is none with this path.</summary>
    /// <param name="path">
    /// The segments of the asset's <c>href</c>, each percent-decoded: <c>assets</c>, <c>crops</c> and <c>B04.tif</c> for <c>assets/crops/B04.tif</c>. They come from the network: one
    /// may be empty, be <c>..</c> or contain a slash. Two segments of which the first is <c>archives</c> or <c>catalogs</c> never come here.
    /// </param>
    /// <param name="cancellationToken">Stops the work.</param>
    ValueTask<HubFile?> FindFileAsync(IReadOnlyList<string> path, CancellationToken cancellationToken);
}
