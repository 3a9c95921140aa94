using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MlHub.Sdk.Tests.Assets;

/// <summary>A hub in memory, a client of it, and a directory to download into.</summary>
public abstract class AssetTest : IDisposable
{
    private protected AssetTest() => Client = Hub.Client();

    protected string Output { get; } = Directory.CreateTempSubdirectory("mlhub-").FullName;

    protected MlHubClient Client { get; }

    private protected FakeHub Hub { get; } = new();

    /// <summary>The paths of all files below the output directory, relative to it, with slashes.</summary>
    protected string[] Files =>
        [.. Directory.EnumerateFiles(Output, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(Output, path).Replace('\\', '/')).Order(StringComparer.Ordinal)];

    public void Dispose()
    {
        Client.Dispose();
        Directory.Delete(Output, recursive: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>An item of the collection <c>c</c>; an asset is a key and an href, or an asset object.</summary>
    protected static string ItemJson(string id, params (string Key, JsonNode? Asset)[] assets) => ItemJson(id, "c", assets);

    protected static string ItemJson(string id, string? collection, params (string Key, JsonNode? Asset)[] assets)
    {
        var json = new JsonObject { ["id"] = id, ["type"] = "Feature", ["geometry"] = null, ["properties"] = new JsonObject { ["datetime"] = null }, ["links"] = new JsonArray() };
        if (collection is not null)
        {
            json["collection"] = collection;
        }

        json["assets"] = new JsonObject(assets.Select(asset => KeyValuePair.Create(asset.Key, asset.Asset is JsonValue href ? new JsonObject { ["href"] = (string?)href } : asset.Asset)));
        return json.ToJsonString();
    }

    /// <summary>A file whose content is its address, so that its origin can be checked.</summary>
    protected void Serve(params string[] urls)
    {
        foreach (var url in urls)
        {
            Hub.Answers(url, _ => new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent(Content(url)) });
        }
    }

    protected static byte[] Content(string url) => [0, .. System.Text.Encoding.UTF8.GetBytes(url)];

    protected string SourceOf(string file) => System.Text.Encoding.UTF8.GetString(File.ReadAllBytes(Path.Combine(Output, file))[1..]);

    protected Item Read(string json) => Item.FromJson(JsonDocument.Parse(json).RootElement, Client);

    protected async Task<List<AssetOutcome>> DownloadAsync(IEnumerable<string> items, AssetDownloadOptions? options = null) =>
        await Client.Assets.DownloadAsync(items.Select(Read).ToAsyncEnumerable(), Output, options).ToListAsync();

    protected static void AllSucceeded(IEnumerable<AssetOutcome> outcomes) => Assert.All(outcomes, outcome => Assert.True(outcome.Succeeded, outcome.Error?.ToString()));
}
