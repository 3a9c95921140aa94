using System.Net.Http.Json;
using System.Text.Json;

namespace MlHub.Server.Tests.StacApi;

/// <summary>The sandbox, and a client that searches in it.</summary>
public sealed class StacApiServer : IAsyncLifetime
{
    private DescribedServer? _server;
    private HttpClient? _client;

    public Uri Root => _server!.RootUrl;

    public async Task InitializeAsync()
    {
        _server = await DescribedServer.StartAsync(SandboxServer.Keys);
        _client = SandboxServer.ClientOf(_server.RootUrl);
    }

    public async Task DisposeAsync()
    {
        _client?.Dispose();
        await _server!.DisposeAsync();
    }

    public async Task<(int Status, string? Type, JsonElement Body)> GetAsync(string path)
    {
        using var response = await _client!.GetAsync(new Uri(WithKey(path), UriKind.RelativeOrAbsolute));
        return await ReadAsync(response);
    }

    public async Task<(int Status, string? Type, JsonElement Body)> PostAsync(string json, string path = "search")
    {
        using var content = new StringContent(json, System.Text.Encoding.UTF8, "application/json");
        using var response = await _client!.PostAsync(new Uri(WithKey(path), UriKind.RelativeOrAbsolute), content);
        return await ReadAsync(response);
    }

    public async Task<string> TextAsync(string path) => await _client!.GetStringAsync(new Uri(path, UriKind.RelativeOrAbsolute));

    /// <summary>The ids of the items of all pages of a GET, or the error.</summary>
    public async Task<IReadOnlyList<string>> WalkAsync(string path)
    {
        var ids = new List<string>();
        for (string? next = path; next is not null;)
        {
            var (status, _, body) = await GetAsync(next);
            Assert.True(status == 200, $"{next}: {status} {body}");
            ids.AddRange(Ids(body));
            next = Link(body, "next")?.GetProperty("href").GetString();
        }

        return ids;
    }

    /// <summary>The ids of the items of all pages of a POST.</summary>
    public async Task<IReadOnlyList<string>> WalkByPostAsync(string json)
    {
        var ids = new List<string>();
        for (string? next = json; next is not null;)
        {
            var (status, _, body) = await PostAsync(next);
            Assert.True(status == 200, $"{next}: {status} {body}");
            ids.AddRange(Ids(body));
            var link = Link(body, "next");
            Assert.True(link is null || (link.Value.GetProperty("method").GetString() == "POST" && link.Value.GetProperty("href").GetString() == Root + "search"));
            next = link?.GetProperty("body").GetRawText();
        }

        return ids;
    }

    public static IReadOnlyList<string> Ids(JsonElement page) => [.. page.GetProperty("features").EnumerateArray().Select(item => item.GetProperty("id").GetString()!)];

    public static JsonElement? Link(JsonElement entity, string relation, string? method = null)
    {
        foreach (var link in entity.GetProperty("links").EnumerateArray())
        {
            if (link.GetProperty("rel").GetString() == relation && (method is null || link.GetProperty("method").GetString() == method))
            {
                return link;
            }
        }

        return null;
    }

    private static string WithKey(string path) => path + (path.Contains('?', StringComparison.Ordinal) ? "&key=sandbox-key" : "?key=sandbox-key");

    private static async Task<(int Status, string? Type, JsonElement Body)> ReadAsync(HttpResponseMessage response) =>
        ((int)response.StatusCode, response.Content.Headers.ContentType?.MediaType, await response.Content.ReadFromJsonAsync<JsonElement>());
}
