#:project ../src/MlHub.Server/MlHub.Server.csproj
#:property RestorePackagesWithLockFile=false

// Serves one file from disk through MlHub.Server, as an archive of a hub, and prints the file's URL. eng/compare measures it.
//
//   dotnet run eng/serve-file.cs -- FILE
using System.Text.Json;
using MlHub.Server;

await using var server = await MlHubServer.StartAsync(new OneFileHub(args[0]));
Console.WriteLine(new Uri(server.RootUrl, "/storage/mlhub/archives/file.tar.gz"));
await Task.Delay(Timeout.Infinite);

/// <summary>A hub that has nothing but one archive.</summary>
internal sealed class OneFileHub(string path) : IHub
{
    private readonly HubArchive _archive = new() { Collection = "file", Dataset = "file", Types = [], File = HubFile.FromDisk(path, "application/gzip") };

    public ValueTask<HubArchive?> FindArchiveAsync(string collectionId, CancellationToken cancellationToken) => new(collectionId == "file" ? _archive : null);

    public ValueTask<JsonElement?> FindDatasetAsync(string datasetId, CancellationToken cancellationToken) => default;

    public ValueTask<JsonElement?> FindDatasetByDoiAsync(string doi, CancellationToken cancellationToken) => default;

    public ValueTask<IReadOnlyList<JsonElement>> ListDatasetsAsync(HubDatasetQuery query, CancellationToken cancellationToken) => new([]);

    public ValueTask<JsonElement?> FindCollectionAsync(string collectionId, CancellationToken cancellationToken) => default;

    public ValueTask<IReadOnlyList<JsonElement>> ListCollectionsAsync(CancellationToken cancellationToken) => new([]);

    public ValueTask<HubItem?> FindItemAsync(string collectionId, string itemId, CancellationToken cancellationToken) => default;

    public ValueTask<HubItemPage> ListItemsAsync(HubItemQuery query, CancellationToken cancellationToken) => new(new HubItemPage { Items = [] });

    public ValueTask<HubItem?> FindModelAsync(string modelId, CancellationToken cancellationToken) => default;

    public ValueTask<IReadOnlyList<HubItem>> ListModelsAsync(CancellationToken cancellationToken) => new([]);

    public ValueTask<HubCatalog?> FindCatalogAsync(string datasetId, Uri storageUrl, CancellationToken cancellationToken) => default;

    public ValueTask<HubFile?> FindFileAsync(IReadOnlyList<string> path, CancellationToken cancellationToken) => default;
}
