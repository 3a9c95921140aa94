using System.Text.Json;
using System.Text.Json.Nodes;

namespace MlHub.Server.Tests;

/// <summary>A hub of one dataset, one collection and one item, whose ids a test chooses.</summary>
internal sealed class OneItemHub(string collectionId, string itemId) : IHub, IAsyncDisposable
{
    private static readonly DateTimeOffset Modified = new(2022, 1, 2, 3, 4, 5, TimeSpan.Zero);

    /// <summary>What a list of models fails with, if it is to.</summary>
    public string? Defect { get; init; }

    /// <summary>What looking up a dataset fails with, if it is to.</summary>
    public Exception? Broken { get; init; }

    /// <summary>Whether a search ends only when it is cancelled.</summary>
    public bool SearchesForever { get; init; }

    public byte[] Archive { get; init; } = [1, 2, 3];

    /// <summary>The file of the archive, if it is not <see cref="Archive"/>.</summary>
    public HubFile? ArchiveFile { get; init; }

    /// <summary>Whether pages tell how many items there are.</summary>
    public bool Counts { get; init; } = true;

    public bool IsDisposed { get; private set; }

    public async ValueTask<JsonElement?> FindDatasetAsync(string datasetId, CancellationToken cancellationToken) =>
        Broken is not null ? throw Broken : datasetId == collectionId ? (await ListDatasetsAsync(new HubDatasetQuery(), cancellationToken))[0] : null;

    public ValueTask<JsonElement?> FindDatasetByDoiAsync(string doi, CancellationToken cancellationToken) => default;

    public ValueTask<IReadOnlyList<JsonElement>> ListDatasetsAsync(HubDatasetQuery query, CancellationToken cancellationToken) => new([Dataset()]);

    public ValueTask<IReadOnlyList<JsonElement>> ListCollectionsAsync(CancellationToken cancellationToken) => new([Collection()]);

    public async ValueTask<JsonElement?> FindCollectionAsync(string id, CancellationToken cancellationToken) =>
        id == collectionId ? (await ListCollectionsAsync(cancellationToken))[0] : null;

    public async ValueTask<HubItemPage> ListItemsAsync(HubItemQuery query, CancellationToken cancellationToken)
    {
        if (SearchesForever)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }

        return Counted(HubItemPage.Of([Item(), Item("last")], query));
    }

    public ValueTask<HubItem?> FindItemAsync(string id, string item, CancellationToken cancellationToken) =>
        new(id == collectionId && item == itemId ? new HubItem(Item()) : null);

    public ValueTask<HubItem?> FindModelAsync(string modelId, CancellationToken cancellationToken) => default;

    public ValueTask<IReadOnlyList<HubItem>> ListModelsAsync(CancellationToken cancellationToken) =>
        Defect is null ? new([]) : throw new InvalidOperationException(Defect);

    public ValueTask<HubArchive?> FindArchiveAsync(string id, CancellationToken cancellationToken) => new(id != collectionId ? null : new HubArchive
    {
        Collection = id,
        Dataset = id,
        Types = [],
        File = ArchiveFile ?? HubFile.FromMemory(Archive, "application/gzip", Modified),
    });

    public ValueTask<HubCatalog?> FindCatalogAsync(string datasetId, Uri storageUrl, CancellationToken cancellationToken) => default;

    public ValueTask<HubFile?> FindFileAsync(IReadOnlyList<string> path, CancellationToken cancellationToken) =>
        new(path.SequenceEqual(["assets", itemId, "file"]) ? HubFile.FromMemory([4, 5, 6], "text/plain", Modified) : null);

    public ValueTask DisposeAsync()
    {
        IsDisposed = true;
        return default;
    }

    private HubItemPage Counted(HubItemPage page) => Counts ? page : page with { Matched = null };

    private JsonElement Dataset() => ToElement(new JsonObject
    {
        ["id"] = collectionId,
        ["title"] = "One item",
        ["collections"] = new JsonArray(),
        ["registry"] = "https://example.org/one-item",
        ["doi"] = null,
        ["citation"] = null,
    });

    private JsonElement Collection() => ToElement(new JsonObject
    {
        ["id"] = collectionId,
        ["description"] = "One item.",
        ["license"] = "CC0-1.0",
        ["stac_version"] = "1.0.0",
        ["extent"] = JsonNode.Parse("""{"spatial":{"bbox":[[0,0,1,1]]},"temporal":{"interval":[[null,null]]}}"""),
        ["links"] = new JsonArray(),
    });

    private JsonElement Item(string? id = null) => ToElement(new JsonObject
    {
        ["id"] = id ?? itemId,
        ["type"] = "Feature",
        ["stac_version"] = "1.0.0",
        ["collection"] = collectionId,
        ["geometry"] = null,
        ["properties"] = new JsonObject { ["datetime"] = "2022-01-02T03:04:05Z" },
        ["assets"] = new JsonObject
        {
            ["own"] = new JsonObject { ["href"] = $"assets/{Uri.EscapeDataString(itemId)}/file" },
            ["elsewhere"] = new JsonObject { ["href"] = "s3://bucket/key" },
        },
        ["links"] = new JsonArray(
            new JsonObject { ["rel"] = "self", ["href"] = "./stac.json" },
            new JsonObject { ["rel"] = "parent", ["href"] = "../collection.json" },
            new JsonObject { ["rel"] = "derived_from", ["href"] = "collections/other" },
            new JsonObject { ["rel"] = "license", ["href"] = "https://example.org/license", ["title"] = null }),
    });

    private static JsonElement ToElement(JsonNode json) => JsonSerializer.SerializeToElement(json);
}
