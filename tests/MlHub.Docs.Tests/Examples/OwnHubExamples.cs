using System.Text.Json;
using MlHub.Sdk;
using MlHub.Server;

namespace MlHub.Docs.Tests.Examples;

/// <summary>The hub in the README of MlHub.Server.</summary>
public sealed class OwnHubExamples
{
    [Fact]
    public async Task A_hub_in_memory_serves_pages_of_items()
    {
        JsonElement[] items = [.. Enumerable.Range(0, 3).Select(n => JsonElement.Parse($$"""{ "type": "Feature", "id": "{{n}}", "collection": "crops_s2", "properties": {}, "assets": {} }"""))];
        JsonElement[] collections = [JsonElement.Parse("""{ "type": "Collection", "id": "crops_s2" }""")];
        await using var server = await MlHubServer.StartAsync(new MemoryHub([], collections, items, new Dictionary<string, HubArchive>(), new Dictionary<string, HubFile>()));
        using var client = new MlHubClient(new MlHubClientOptions { RootUrl = server.RootUrl, ApiKey = server.ApiKey });

        var listed = await client.Collections.ListItemsAsync("crops_s2", new ItemQuery { PageSize = 2 }).ToListAsync();

        Assert.Equal(["0", "1", "2"], listed.Select(item => item.Id));
    }

    internal sealed class MemoryHub(
        IReadOnlyList<JsonElement> datasets, IReadOnlyList<JsonElement> collections, IReadOnlyList<JsonElement> items, IReadOnlyDictionary<string, HubArchive> archives, IReadOnlyDictionary<string, HubFile> files) : IHub
    {
        public ValueTask<JsonElement?> FindDatasetAsync(string datasetId, CancellationToken cancellationToken) => new(Find(datasets, "id", datasetId));

        public ValueTask<JsonElement?> FindDatasetByDoiAsync(string doi, CancellationToken cancellationToken) => new(Find(datasets, "doi", doi));

        public ValueTask<IReadOnlyList<JsonElement>> ListDatasetsAsync(HubDatasetQuery query, CancellationToken cancellationToken) => new([.. datasets.Where(query.Matches)]);

        public ValueTask<JsonElement?> FindCollectionAsync(string collectionId, CancellationToken cancellationToken) => new(Find(collections, "id", collectionId));

        public ValueTask<IReadOnlyList<JsonElement>> ListCollectionsAsync(CancellationToken cancellationToken) => new(collections);

        public ValueTask<HubItem?> FindItemAsync(string collectionId, string itemId, CancellationToken cancellationToken) =>
            new(Find([.. items.Where(item => item.GetProperty("collection").GetString() == collectionId)], "id", itemId) is { } item ? new HubItem(item) : null);

        public ValueTask<HubItemPage> ListItemsAsync(HubItemQuery query, CancellationToken cancellationToken) => new(HubItemPage.Of(items, query));

        public ValueTask<HubItem?> FindModelAsync(string modelId, CancellationToken cancellationToken) => new((HubItem?)null);   // no models

        public ValueTask<IReadOnlyList<HubItem>> ListModelsAsync(CancellationToken cancellationToken) => new([]);

        public ValueTask<HubArchive?> FindArchiveAsync(string collectionId, CancellationToken cancellationToken) => new(archives.GetValueOrDefault(collectionId));

        public ValueTask<HubCatalog?> FindCatalogAsync(string datasetId, Uri storageUrl, CancellationToken cancellationToken) => new((HubCatalog?)null);   // no catalogues

        public ValueTask<HubFile?> FindFileAsync(IReadOnlyList<string> path, CancellationToken cancellationToken) => new(files.GetValueOrDefault(string.Join('/', path)));

        private static JsonElement? Find(IReadOnlyList<JsonElement> entities, string member, string value)
        {
            foreach (var entity in entities)
            {
                if (entity.GetProperty(member).GetString() == value)
                {
                    return entity;
                }
            }

            return null;
        }
    }
}
