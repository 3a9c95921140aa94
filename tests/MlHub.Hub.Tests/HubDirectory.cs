using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using MlHub.Sdk;
using MlHub.Server;

namespace MlHub.Hub.Tests;

/// <summary>A temporary directory, the hub that serves it, and a client of that hub.</summary>
internal sealed class HubDirectory : IAsyncDisposable
{
    private readonly List<IAsyncDisposable> _open = [];
    private readonly List<MlHubClient> _clients = [];

    public string Path { get; } = Directory.CreateTempSubdirectory("mlhub-hub-").FullName;

    public string Place(string path) => System.IO.Path.Combine(Path, path);

    public string Write(string path, string content)
    {
        var place = Place(path);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(place)!);
        File.WriteAllText(place, content);
        return place;
    }

    /// <summary>Writes a gzipped tarball.</summary>
    public string WriteTarball(string path, params (string Name, string Content)[] entries)
    {
        var place = Place(path);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(place)!);
        using var gzip = new GZipStream(File.Create(place), CompressionLevel.Optimal);
        using var tar = new TarWriter(gzip, TarEntryFormat.Gnu);
        foreach (var (name, content) in entries)
        {
            tar.WriteEntry(new GnuTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(content)) });
        }

        return place;
    }

    public async Task<DirectoryHub> OpenAsync(DirectoryHubOptions? options = null)
    {
        var hub = await DirectoryHub.OpenAsync(Path, options);
        _open.Add(hub);
        return hub;
    }

    /// <summary>Serves the directory.</summary>
    public async Task<MlHubServer> ServeAsync(IHub? hub = null)
    {
        var server = await MlHubServer.StartAsync(hub ?? await OpenAsync());
        _open.Add(server);
        return server;
    }

    /// <summary>Serves the directory, and connects to it.</summary>
    public async Task<MlHubClient> ConnectAsync(IHub? hub = null)
    {
        var server = await ServeAsync(hub);
        var client = new MlHubClient(new MlHubClientOptions { RootUrl = server.RootUrl, ApiKey = server.ApiKey });
        _clients.Add(client);
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients)
        {
            client.Dispose();
        }

        foreach (var open in Enumerable.Reverse(_open))
        {
            await open.DisposeAsync();
        }

        Directory.Delete(Path, recursive: true);
    }

    /// <summary>A STAC Item.</summary>
    public static string Item(string id, string collection, params (string Key, string Href)[] assets) => JsonSerializer.Serialize(new Dictionary<string, object?>
    {
        ["type"] = "Feature",
        ["stac_version"] = "1.0.0",
        ["id"] = id,
        ["collection"] = collection,
        ["geometry"] = null,
        ["bbox"] = new[] { 34.0, 0.0, 35.0, 1.0 },
        ["properties"] = new Dictionary<string, object?> { ["datetime"] = "2021-03-01T00:00:00Z" },
        ["links"] = Array.Empty<object>(),
        ["assets"] = assets.ToDictionary(asset => asset.Key, asset => new { href = asset.Href }),
    });

    /// <summary>A STAC Collection.</summary>
    public static string Collection(string id) => JsonSerializer.Serialize(new Dictionary<string, object?>
    {
        ["type"] = "Collection",
        ["stac_version"] = "1.0.0",
        ["id"] = id,
        ["description"] = $"The collection {id}",
        ["license"] = "CC-BY-4.0",
        ["extent"] = new { spatial = new { bbox = new[] { new[] { 34.0, 0.0, 35.0, 1.0 } } }, temporal = new { interval = new[] { new[] { "2021-01-01T00:00:00Z", null } } } },
        ["links"] = Array.Empty<object>(),
    });

    /// <summary>A STAC Catalog.</summary>
    public static string Catalog(string id) => $$"""{"type": "Catalog", "stac_version": "1.0.0", "id": "{{id}}", "description": "The catalogue {{id}}", "links": []}""";

    /// <summary>Writes a dataset with a catalogue, a collection and items with an asset each.</summary>
    public void WriteDataset(string dataset, string collection, params string[] items)
    {
        Write($"{dataset}/catalog.json", Catalog(dataset));
        Write($"{dataset}/{collection}/collection.json", Collection(collection));
        foreach (var item in items)
        {
            Write($"{dataset}/{collection}/{item}/{item}.json", Item(item, collection, ("image", "./image.tif")));
            Write($"{dataset}/{collection}/{item}/image.tif", $"image of {item}");
        }
    }
}
