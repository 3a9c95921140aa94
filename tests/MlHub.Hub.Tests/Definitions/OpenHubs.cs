using MlHub.Sdk;
using MlHub.Server;

namespace MlHub.Hub.Tests;

/// <summary>Opens hubs of definitions with an index in a temporary folder, and connects clients to them.</summary>
internal sealed class OpenHubs : IAsyncDisposable
{
    private readonly List<IAsyncDisposable> _open = [];
    private readonly List<MlHubClient> _clients = [];

    /// <summary>The folder of the index.</summary>
    public string Index { get; } = Directory.CreateTempSubdirectory("mlhub-index-").FullName;

    /// <summary>The server that was started last.</summary>
    public MlHubServer? LastServer { get; private set; }

    public async Task<DefinedHub> OpenAsync(HubDefinition definition, DefinedHubOptions? options = null)
    {
        var hub = await DefinedHub.OpenAsync(definition, (options ?? new DefinedHubOptions { Attempts = 2 }) with { IndexDirectory = Index });
        _open.Add(hub);
        return hub;
    }

    public async Task<MlHubClient> ConnectAsync(IHub hub)
    {
        var server = await MlHubServer.StartAsync(hub);
        _open.Add(server);
        LastServer = server;
        var client = new MlHubClient(new MlHubClientOptions { RootUrl = server.RootUrl, ApiKey = server.ApiKey });
        _clients.Add(client);
        return client;
    }

    public async Task<MlHubClient> ConnectAsync(HubDefinition definition) => await ConnectAsync(await OpenAsync(definition));

    public async ValueTask DisposeAsync()
    {
        _clients.ForEach(client => client.Dispose());
        foreach (var open in Enumerable.Reverse(_open))
        {
            await open.DisposeAsync();
        }

        Directory.Delete(Index, recursive: true);
    }

    public static async Task<string[]> ItemsAsync(IHub hub, string collection) =>
        [.. (await hub.ListItemsAsync(new HubItemQuery { Limit = 10_000, Collections = [collection] }, default)).Items.Select(item => item.Json.GetProperty("id").GetString()!)];

    public static async Task<string> HrefAsync(IHub hub, string collection, string item, string asset) =>
        (await hub.FindItemAsync(collection, item, default))!.Json.GetProperty("assets").GetProperty(asset).GetProperty("href").GetString()!;
}
