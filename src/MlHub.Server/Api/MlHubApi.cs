using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace MlHub.Server;

/// <summary>Serves every operation of the description from a hub.</summary>
internal sealed class MlHubApi(IHub hub, HubUrls urls) : MlHubContract
{
    public override async Task<IResult> ListDatasets(IReadOnlyList<string> tags, IReadOnlyList<string> text, CancellationToken cancellationToken)
    {
        var datasets = await hub.ListDatasetsAsync(new HubDatasetQuery { Tags = tags, Texts = text }, cancellationToken).ConfigureAwait(false);
        return Stac((stac, json) => stac.Array(datasets, dataset => dataset.WriteTo(json)));
    }

    public override async Task<IResult> GetDataset(string datasetId, CancellationToken cancellationToken) =>
        await hub.FindDatasetAsync(datasetId, cancellationToken).ConfigureAwait(false) is { } dataset
            ? new JsonResponse(dataset.WriteTo)
            : ErrorResponse.DoesNotExist("Dataset", datasetId);

    public override async Task<IResult> GetDatasetByDoi(string doi, CancellationToken cancellationToken) =>
        await hub.FindDatasetByDoiAsync(doi, cancellationToken).ConfigureAwait(false) is { } dataset
            ? new JsonResponse(dataset.WriteTo)
            : ErrorResponse.DoesNotExist("Dataset", doi);

    public override async Task<IResult> ListCollections(CancellationToken cancellationToken)
    {
        var collections = await hub.ListCollectionsAsync(cancellationToken).ConfigureAwait(false);
        return Stac((stac, json) =>
        {
            json.WriteStartObject();
            json.WritePropertyName("collections");
            stac.Array(collections, stac.Collection);
            json.WriteStartArray("links");
            stac.Link("root", "application/json", urls.Root);
            stac.Link("parent", "application/json", urls.Root);
            stac.Link("self", "application/json", urls.Collections);
            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    public override async Task<IResult> GetCollection(string collectionId, CancellationToken cancellationToken) =>
        await hub.FindCollectionAsync(collectionId, cancellationToken).ConfigureAwait(false) is { } collection
            ? Stac((stac, _) => stac.Collection(collection))
            : ErrorResponse.DoesNotExist("Collection", collectionId);

    public override async Task<IResult> ListItems(
        string collectionId, int? limit, IReadOnlyList<string> extensions, string? token, string? next, CancellationToken cancellationToken)
    {
        var paging = new ItemPaging(limit, extensions, token);
        try
        {
            return await hub.ListItemsAsync(collectionId, paging.Query, cancellationToken).ConfigureAwait(false) is { } page
                ? Stac((stac, json) => WritePage(stac, json, collectionId, page, paging), JsonResponse.GeoJson)
                : ErrorResponse.DoesNotExist("Collection", collectionId);
        }
        catch (UnknownTokenException unknown)
        {
            return new ErrorResponse(StatusCodes.Status400BadRequest, $"token: {unknown.Message}");
        }
    }

    public override async Task<IResult> GetItem(string collectionId, string itemId, CancellationToken cancellationToken)
    {
        if (await hub.FindItemAsync(collectionId, itemId, cancellationToken).ConfigureAwait(false) is { } item)
        {
            return Stac((stac, _) => stac.Item(item), JsonResponse.GeoJson);
        }

        return await hub.FindCollectionAsync(collectionId, cancellationToken).ConfigureAwait(false) is null
            ? ErrorResponse.DoesNotExist("Collection", collectionId)
            : ErrorResponse.DoesNotExist("Item", $"{itemId} in Collection {collectionId}");
    }

    public override async Task<IResult> DownloadArchive(string archiveId, CancellationToken cancellationToken) =>
        await hub.FindArchiveAsync(archiveId, cancellationToken).ConfigureAwait(false) is { } archive
            ? new SeeOther(archive.File.Location?.AbsoluteUri ?? urls.Archive(archiveId))
            : ErrorResponse.DoesNotExist("Archive", archiveId);

    public override Task<IResult> HeadArchive(string archiveId, CancellationToken cancellationToken) => DownloadArchive(archiveId, cancellationToken);

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
        await FindCatalogAsync(datasetId, cancellationToken).ConfigureAwait(false) is null
            ? ErrorResponse.DoesNotExist("Catalog", datasetId)
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
        return Stac((stac, _) => stac.Array(models, stac.Item));
    }

    public override async Task<IResult> GetModel(string modelId, CancellationToken cancellationToken) =>
        await hub.FindModelAsync(modelId, cancellationToken).ConfigureAwait(false) is { } model
            ? Stac((stac, _) => stac.Item(model))
            : ErrorResponse.DoesNotExist("Model", modelId);

    private void WritePage(StacWriter stac, Utf8JsonWriter json, string collectionId, HubItemPage page, ItemPaging paging)
    {
        json.WriteStartObject();
        json.WriteString("type", "FeatureCollection");
        json.WriteStartObject("context");
        json.WriteNumber("limit", paging.Query.Limit);
        if (page.Matched is { } matched)
        {
            json.WriteNumber("matched", matched);
        }

        json.WriteNumber("returned", page.Items.Count);
        json.WriteEndObject();
        json.WritePropertyName("features");
        stac.Array(page.Items, stac.Item);
        json.WriteStartArray("links");
        stac.CollectionLinks(collectionId);
        WritePageLinks(stac, collectionId, page, paging);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private void WritePageLinks(StacWriter stac, string collectionId, HubItemPage page, ItemPaging paging)
    {
        var items = urls.Items(collectionId);
        if (page.PreviousToken is { } previous)
        {
            stac.Link("previous", "application/json", paging.Url(items, previous), withMethod: true);
        }

        if (page.NextToken is { } next)
        {
            stac.Link("next", "application/json", paging.Url(items, next), withMethod: true);
        }
    }

    private ValueTask<HubCatalog?> FindCatalogAsync(string datasetId, CancellationToken cancellationToken) =>
        hub.FindCatalogAsync(datasetId, new Uri(urls.Storage), cancellationToken);

    private JsonResponse Stac(Action<StacWriter, Utf8JsonWriter> write, string contentType = "application/json") =>
        new(json => write(new StacWriter(json, urls), json), contentType);
}
