using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace MlHub.Server;

/// <summary>Serves every operation of the description from a hub.</summary>
internal sealed class MlHubController(IHub hub) : MlHubControllerBase
{
    private HubUrls Urls => new(Request);

    public override async Task<IActionResult> ListDatasets(IReadOnlyList<string>? tags, IReadOnlyList<string>? text, CancellationToken cancellationToken)
    {
        var filter = new DatasetFilter(tags, text);
        var datasets = await hub.ListDatasetsAsync(cancellationToken).ConfigureAwait(false);
        return Stac((stac, json) => stac.Array(datasets.Where(filter.Matches), dataset => dataset.WriteTo(json)));
    }

    public override Task<IActionResult> GetDataset(string datasetId, CancellationToken cancellationToken) => FindDatasetAsync("id", datasetId, cancellationToken);

    public override Task<IActionResult> GetDatasetByDoi(string doi, CancellationToken cancellationToken) => FindDatasetAsync("doi", doi, cancellationToken);

    public override async Task<IActionResult> ListCollections(CancellationToken cancellationToken)
    {
        var collections = await hub.ListCollectionsAsync(cancellationToken).ConfigureAwait(false);
        return Stac((stac, json) =>
        {
            json.WriteStartObject();
            json.WritePropertyName("collections");
            stac.Array(collections, stac.Collection);
            json.WriteStartArray("links");
            stac.Link("root", "application/json", Urls.Root);
            stac.Link("parent", "application/json", Urls.Root);
            stac.Link("self", "application/json", Urls.Collections);
            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    public override async Task<IActionResult> GetCollection(string collectionId, CancellationToken cancellationToken) =>
        await hub.FindCollectionAsync(collectionId, cancellationToken).ConfigureAwait(false) is { } collection
            ? Stac((stac, _) => stac.Collection(collection))
            : FailureResult.DoesNotExist("Collection", collectionId);

    public override async Task<IActionResult> ListItems(
        string collectionId, int? limit, IReadOnlyList<string>? extensions, string? token, string? next, CancellationToken cancellationToken)
    {
        if (ItemPaging.Read(limit, extensions, token, out var failure) is not { } paging)
        {
            return failure!;
        }

        try
        {
            return await hub.ListItemsAsync(collectionId, paging.Query, cancellationToken).ConfigureAwait(false) is { } page
                ? Stac((stac, json) => WritePage(stac, json, collectionId, page, paging), JsonAnswer.GeoJson)
                : FailureResult.DoesNotExist("Collection", collectionId);
        }
        catch (UnknownItemException unknown)
        {
            return new FailureResult(400, $"token: {unknown.Message}");
        }
    }

    public override async Task<IActionResult> GetItem(string collectionId, string itemId, CancellationToken cancellationToken)
    {
        if (await hub.FindItemAsync(collectionId, itemId, cancellationToken).ConfigureAwait(false) is { } item)
        {
            return Stac((stac, _) => stac.Item(item), JsonAnswer.GeoJson);
        }

        return await hub.FindCollectionAsync(collectionId, cancellationToken).ConfigureAwait(false) is null
            ? FailureResult.DoesNotExist("Collection", collectionId)
            : FailureResult.DoesNotExist("Item", $"{itemId} in Collection {collectionId}");
    }

    public override async Task<IActionResult> DownloadArchive(string archiveId, CancellationToken cancellationToken) =>
        await hub.FindArchiveAsync(archiveId, cancellationToken).ConfigureAwait(false) is null
            ? FailureResult.DoesNotExist("Archive", archiveId)
            : SeeOther(Urls.Archive(archiveId));

    public override Task<IActionResult> HeadArchive(string archiveId, CancellationToken cancellationToken) => DownloadArchive(archiveId, cancellationToken);

    public override async Task<IActionResult> GetArchiveInfo(string archiveId, CancellationToken cancellationToken)
    {
        if (await hub.FindArchiveAsync(archiveId, cancellationToken).ConfigureAwait(false) is not { } archive)
        {
            return FailureResult.DoesNotExist("Archive", archiveId);
        }

        return new JsonAnswer(json =>
        {
            json.WriteStartObject();
            json.WriteString("collection", archive.Collection);
            json.WriteString("dataset", archive.Dataset);
            json.WriteNumber("size", archive.File.Length);
            json.WriteStartArray("types");
            foreach (var type in archive.Types)
            {
                json.WriteStringValue(type);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    public override async Task<IActionResult> DownloadCatalog(string datasetId, CancellationToken cancellationToken) =>
        await FindCatalogAsync(datasetId, cancellationToken).ConfigureAwait(false) is null
            ? FailureResult.DoesNotExist("Catalog", datasetId)
            : SeeOther(Urls.Catalog(datasetId));

    public override Task<IActionResult> HeadCatalog(string datasetId, CancellationToken cancellationToken) => DownloadCatalog(datasetId, cancellationToken);

    public override async Task<IActionResult> GetCatalogInfo(string datasetId, CancellationToken cancellationToken)
    {
        if (await FindCatalogAsync(datasetId, cancellationToken).ConfigureAwait(false) is not { } catalog)
        {
            return FailureResult.DoesNotExist("Catalog", datasetId);
        }

        return new JsonAnswer(json =>
        {
            json.WriteStartObject();
            json.WriteString("dataset", catalog.Dataset);
            json.WriteNumber("stac_catalog_size", catalog.File.Length);
            json.WriteNumber("estimated_dataset_size", catalog.EstimatedDatasetSize);
            json.WriteEndObject();
        });
    }

    public override async Task<IActionResult> ListModels(CancellationToken cancellationToken)
    {
        var models = await hub.ListModelsAsync(cancellationToken).ConfigureAwait(false);
        return Stac((stac, _) => stac.Array(models, stac.Item));
    }

    public override async Task<IActionResult> GetModel(string modelId, CancellationToken cancellationToken)
    {
        var models = await hub.ListModelsAsync(cancellationToken).ConfigureAwait(false);
        return Find(models, "id", modelId) is { } model ? Stac((stac, _) => stac.Item(model)) : FailureResult.DoesNotExist("Model", modelId);
    }

    private static JsonElement? Find(IEnumerable<JsonElement> entities, string name, string value)
    {
        foreach (var entity in entities)
        {
            if (entity.TryGetProperty(name, out var own) && own.ValueKind == JsonValueKind.String && own.ValueEquals(value))
            {
                return entity;
            }
        }

        return null;
    }

    private void WritePage(StacWriter stac, Utf8JsonWriter json, string collectionId, HubItemPage page, ItemPaging paging)
    {
        json.WriteStartObject();
        json.WriteString("type", "FeatureCollection");
        json.WriteStartObject("context");
        json.WriteNumber("limit", paging.Query.Limit);
        json.WriteNumber("matched", page.Matched);
        json.WriteNumber("returned", page.Items.Count);
        json.WriteEndObject();
        json.WritePropertyName("features");
        stac.Array(page.Items, stac.Item);
        json.WriteStartArray("links");
        stac.CollectionLinks(collectionId);
        WriteNeighbours(stac, collectionId, page, paging);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private void WriteNeighbours(StacWriter stac, string collectionId, HubItemPage page, ItemPaging paging)
    {
        var items = Urls.Items(collectionId);
        if (page.HasPrevious && page.Items is [var first, ..])
        {
            stac.Link("previous", "application/json", paging.Previous(items, first.GetProperty("id").GetString()!), withMethod: true);
        }

        if (page.HasNext && page.Items is [.., var last])
        {
            stac.Link("next", "application/json", paging.Next(items, last.GetProperty("id").GetString()!), withMethod: true);
        }
    }

    private async Task<IActionResult> FindDatasetAsync(string name, string value, CancellationToken cancellationToken)
    {
        var datasets = await hub.ListDatasetsAsync(cancellationToken).ConfigureAwait(false);
        return Find(datasets, name, value) is { } dataset ? new JsonAnswer(dataset.WriteTo) : FailureResult.DoesNotExist("Dataset", value);
    }

    private ValueTask<HubCatalog?> FindCatalogAsync(string datasetId, CancellationToken cancellationToken) =>
        hub.FindCatalogAsync(datasetId, new Uri(Urls.Storage), cancellationToken);

    // 303, as the service did in its last year; the file is elsewhere, and is fetched with GET (RFC 9110 §15.4.4).
    private StatusCodeResult SeeOther(string url)
    {
        Response.Headers.Location = url;
        return StatusCode(StatusCodes.Status303SeeOther);
    }

    private JsonAnswer Stac(Action<StacWriter, Utf8JsonWriter> write, string contentType = "application/json") =>
        new(json => write(new StacWriter(json, Urls), json), contentType);
}
