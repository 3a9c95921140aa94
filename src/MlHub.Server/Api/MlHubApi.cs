using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace MlHub.Server;

/// <summary>Serves every operation of the description from a hub.</summary>
internal sealed class MlHubApi(IHub hub, HubUrls urls, TimeSpan searchTimeout) : MlHubContract
{
    private readonly SearchPages _search = new(hub, urls, searchTimeout);

    public override async Task<IResult> ListDatasets(IReadOnlyList<string> tags, IReadOnlyList<string> text, CancellationToken cancellationToken)
    {
        var datasets = await hub.ListDatasetsAsync(new HubDatasetQuery { Tags = tags, Texts = text }, cancellationToken).ConfigureAwait(false);
        return new JsonResponse(json =>
        {
            json.WriteStartArray();
            foreach (var dataset in datasets)
            {
                dataset.WriteTo(json);
            }

            json.WriteEndArray();
        });
    }

    public override async Task<IResult> GetDataset(string datasetId, CancellationToken cancellationToken) =>
        await hub.FindDatasetAsync(datasetId, cancellationToken).ConfigureAwait(false) is { } dataset
            ? new JsonResponse(dataset.WriteTo)
            : ErrorResponse.DoesNotExist("Dataset", datasetId);

    public override async Task<IResult> GetDatasetByDoi(string doi, CancellationToken cancellationToken) =>
        await hub.FindDatasetByDoiAsync(doi, cancellationToken).ConfigureAwait(false) is { } dataset
            ? new JsonResponse(dataset.WriteTo)
            : ErrorResponse.DoesNotExist("Dataset", doi);

    public override async Task<IResult> GetLandingPage(CancellationToken cancellationToken)
    {
        var collections = await hub.ListCollectionsAsync(cancellationToken).ConfigureAwait(false);
        return new JsonResponse(json => LandingPage.Write(json, urls, collections));
    }

    public override Task<IResult> GetConformance(CancellationToken cancellationToken) => Task.FromResult<IResult>(new JsonResponse(LandingPage.WriteConformance));

    public override Task<IResult> GetDescription(CancellationToken cancellationToken) =>
        Task.FromResult<IResult>(new TextResponse(LandingPage.Description(urls), LandingPage.DescriptionType));

    public override Task<IResult> GetDocumentation(CancellationToken cancellationToken) =>
        Task.FromResult<IResult>(new TextResponse(LandingPage.Documentation(urls), LandingPage.DocumentationType));

    public override Task<IResult> ListQueryables(CancellationToken cancellationToken) =>
        Task.FromResult<IResult>(new JsonResponse(json => Queryables.Write(json, urls.Queryables, null), JsonResponse.JsonSchema));

    public override async Task<IResult> ListCollectionQueryables(string collectionId, CancellationToken cancellationToken) =>
        await hub.FindCollectionAsync(collectionId, cancellationToken).ConfigureAwait(false) is { } collection
            ? new JsonResponse(json => Queryables.Write(json, urls.CollectionQueryables(collectionId), collection), JsonResponse.JsonSchema)
            : ErrorResponse.DoesNotExist("Collection", collectionId);

    public override async Task<IResult> ListCollections(
        IReadOnlyList<double> bbox, string? datetime, IReadOnlyList<string> q, string? filter, string? filter_lang, string? filter_crs, IReadOnlyList<string> sortby, IReadOnlyList<string> fields,
        int? limit, string? token, CancellationToken cancellationToken)
    {
        var search = SearchRequest.FromParameters(new SearchParameters
        {
            Bbox = bbox,
            Datetime = datetime,
            Q = q,
            Filter = filter,
            FilterLang = filter_lang,
            FilterCrs = filter_crs,
            SortBy = sortby,
            Fields = fields,
            Limit = limit,
            Token = token,
        });
        return await _search.CollectionsAsync(search, cancellationToken).ConfigureAwait(false);
    }

    public override async Task<IResult> GetCollection(string collectionId, CancellationToken cancellationToken) =>
        await hub.FindCollectionAsync(collectionId, cancellationToken).ConfigureAwait(false) is { } collection
            ? Stac(stac => stac.Collection(collection))
            : ErrorResponse.DoesNotExist("Collection", collectionId);

    public override async Task<IResult> ListItems(
        string collectionId, int? limit, IReadOnlyList<string> extensions, string? token, string? next, IReadOnlyList<double> bbox, string? datetime, IReadOnlyList<string> q, string? query,
        string? filter, string? filter_lang, string? filter_crs, IReadOnlyList<string> sortby, IReadOnlyList<string> fields, CancellationToken cancellationToken)
    {
        var search = SearchRequest.FromParameters(new SearchParameters
        {
            Collections = [collectionId],
            Extensions = extensions,
            Bbox = bbox,
            Datetime = datetime,
            Q = q,
            Query = query,
            Filter = filter,
            FilterLang = filter_lang,
            FilterCrs = filter_crs,
            SortBy = sortby,
            Fields = fields,
            Limit = limit,
            Token = token,
        });
        return await _search.ItemsAsync(collectionId, search, cancellationToken).ConfigureAwait(false);
    }

    public override async Task<IResult> SearchItems(
        IReadOnlyList<string> collections, IReadOnlyList<string> ids, IReadOnlyList<double> bbox, string? datetime, string? intersects, IReadOnlyList<string> q, string? query, string? filter,
        string? filter_lang, string? filter_crs, IReadOnlyList<string> sortby, IReadOnlyList<string> fields, int? limit, string? token, CancellationToken cancellationToken)
    {
        var search = SearchRequest.FromParameters(new SearchParameters
        {
            Collections = collections,
            Ids = ids,
            Bbox = bbox,
            Datetime = datetime,
            Intersects = intersects,
            Q = q,
            Query = query,
            Filter = filter,
            FilterLang = filter_lang,
            FilterCrs = filter_crs,
            SortBy = sortby,
            Fields = fields,
            Limit = limit,
            Token = token,
        });
        return await _search.AllItemsAsync(search, cancellationToken).ConfigureAwait(false);
    }

    public override async Task<IResult> SearchItemsByBody(JsonElement body, CancellationToken cancellationToken) =>
        await _search.AllItemsAsync(SearchRequest.FromBody(body), body, cancellationToken).ConfigureAwait(false);

    public override async Task<IResult> GetItem(string collectionId, string itemId, CancellationToken cancellationToken)
    {
        if (await hub.FindItemAsync(collectionId, itemId, cancellationToken).ConfigureAwait(false) is { } item)
        {
            return Stac(stac => stac.Item(item), JsonResponse.GeoJson);
        }

        return await hub.FindCollectionAsync(collectionId, cancellationToken).ConfigureAwait(false) is null
            ? ErrorResponse.DoesNotExist("Collection", collectionId)
            : ErrorResponse.DoesNotExist("Item", $"{itemId} in Collection {collectionId}");
    }

    public override async Task<IResult> DownloadArchive(string archiveId, CancellationToken cancellationToken) =>
        await hub.FindArchiveAsync(archiveId, cancellationToken).ConfigureAwait(false) is { } archive
            ? new SeeOther(archive.File.Location?.AbsoluteUri ?? urls.Archive(archiveId))
            : ErrorResponse.DoesNotExist("Archive", archiveId);

    public override async Task<IResult> HeadArchive(string archiveId, CancellationToken cancellationToken) =>
        await hub.FindArchiveAsync(archiveId, cancellationToken).ConfigureAwait(false) is { File: { IsPrivate: true } file }
            ? new FileDescription(file)
            : await DownloadArchive(archiveId, cancellationToken).ConfigureAwait(false);

    public override async Task<IResult> GetArchiveInfo(string archiveId, CancellationToken cancellationToken)
    {
        if (await hub.FindArchiveAsync(archiveId, cancellationToken).ConfigureAwait(false) is not { } archive)
        {
            return ErrorResponse.DoesNotExist("Archive", archiveId);
        }

        var body = new ArchiveBody(archive.Collection, archive.Dataset, archive.File.Length, archive.Types);
        return new JsonResponse(json => JsonSerializer.Serialize(json, body, ApiJson.Default.ArchiveBody));
    }

    public override async Task<IResult> DownloadCatalog(string datasetId, CancellationToken cancellationToken) =>
        await FindCatalogAsync(datasetId, cancellationToken).ConfigureAwait(false) is not { } catalog ? ErrorResponse.DoesNotExist("Catalog", datasetId)
            : catalog.File.IsPrivate ? new FileResponse(catalog.File)
            : new SeeOther(urls.Catalog(datasetId));

    public override Task<IResult> HeadCatalog(string datasetId, CancellationToken cancellationToken) => DownloadCatalog(datasetId, cancellationToken);

    public override async Task<IResult> GetCatalogInfo(string datasetId, CancellationToken cancellationToken)
    {
        if (await FindCatalogAsync(datasetId, cancellationToken).ConfigureAwait(false) is not { } catalog)
        {
            return ErrorResponse.DoesNotExist("Catalog", datasetId);
        }

        var body = new CatalogBody(catalog.Dataset, catalog.File.Length, catalog.EstimatedDatasetSize);
        return new JsonResponse(json => JsonSerializer.Serialize(json, body, ApiJson.Default.CatalogBody));
    }

    public override async Task<IResult> ListModels(CancellationToken cancellationToken)
    {
        var models = await hub.ListModelsAsync(cancellationToken).ConfigureAwait(false);
        return Stac(stac => stac.Array(models, stac.Item));
    }

    public override async Task<IResult> GetModel(string modelId, CancellationToken cancellationToken) =>
        await hub.FindModelAsync(modelId, cancellationToken).ConfigureAwait(false) is { } model
            ? Stac(stac => stac.Item(model))
            : ErrorResponse.DoesNotExist("Model", modelId);

    private ValueTask<HubCatalog?> FindCatalogAsync(string datasetId, CancellationToken cancellationToken) =>
        hub.FindCatalogAsync(datasetId, new Uri(urls.Storage), cancellationToken);

    private JsonResponse Stac(Action<StacWriter> write, string contentType = JsonResponse.Json) => new(
        json =>
        {
            using var stac = new StacWriter(json, urls);
            write(stac);
        },
        contentType);
}
