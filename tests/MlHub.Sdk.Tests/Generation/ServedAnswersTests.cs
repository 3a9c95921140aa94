using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using MlHub.Sandbox;

namespace MlHub.Sdk.Tests.Generation;

/// <summary>The project's server sends what the description says, and asks for a key where the description says so.</summary>
public sealed class ServedAnswersTests : IAsyncLifetime, IDisposable
{
    private static readonly Description Description = new();
    private static readonly SchemaCheck Check = new(Description);
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false });
    private MlHubSandbox _hub = null!;

    public async Task InitializeAsync() => _hub = await MlHubSandbox.StartAsync();

    public async Task DisposeAsync() => await _hub.DisposeAsync();

    public void Dispose() => _http.Dispose();

    [Fact]
    public async Task Every_answer_of_the_sandbox_is_described()
    {
        await ExpectAsync("/datasets");
        foreach (var dataset in (await JsonAsync("datasets")).AsArray())
        {
            await ExpectAsync("/datasets/{datasetId}", Id(dataset));
            await ExpectAsync("/catalog/{datasetId}/info", Id(dataset));
        }

        foreach (var doi in (await JsonAsync("datasets")).AsArray().Select(dataset => (string?)dataset!["doi"]).OfType<string>())
        {
            await ExpectAsync("/datasets/doi/{doi}", doi);
        }

        await ExpectAsync("/collections");
        foreach (var collection in (await JsonAsync("collections"))["collections"]!.AsArray())
        {
            await ExpectAsync("/collections/{collectionId}", Id(collection));
            await ExpectAsync("/collections/{collectionId}/items", Id(collection));
            await ExpectAsync("/archive/{archiveId}/info", Id(collection));
            foreach (var item in (await JsonAsync($"collections/{Id(collection)}/items?key={_hub.ApiKey}"))["features"]!.AsArray())
            {
                await ExpectAsync("/collections/{collectionId}/items/{itemId}", Id(collection), Id(item));
            }
        }

        await ExpectAsync("/models");
        foreach (var model in (await JsonAsync("models")).AsArray())
        {
            await ExpectAsync("/models/{modelId}", Id(model));
        }
    }

    [Fact]
    public async Task What_is_unknown_is_answered_as_described()
    {
        var paths = Description.Operations.Select(operation => operation.Name.Split(' ')[1]).Distinct();
        foreach (var path in paths.Where(path => path.Contains('{', StringComparison.Ordinal)))
        {
            Assert.Equal(HttpStatusCode.NotFound, await ExpectAsync(path, "no_such_id", "no_such_item"));
        }
    }

    [Fact]
    public async Task A_key_is_asked_for_where_the_description_says_so()
    {
        foreach (var (name, operation) in Description.Operations)
        {
            var (method, path) = (new HttpMethod(name.Split(' ')[0]), name.Split(' ')[1]);
            using var request = new HttpRequestMessage(method, new Uri(_hub.RootUrl, Fill(path, "no_such_id", "no_such_item")));
            using var response = await _http.SendAsync(request);

            var needsKey = operation["security"]!.AsArray().Count > 0;
            Assert.True(needsKey == (response.StatusCode == HttpStatusCode.Unauthorized), $"{name} without a key: {(int)response.StatusCode}");
        }
    }

    /// <summary>Asks for the path, with a key, and holds status, media type and body against what is declared for it.</summary>
    private async Task<HttpStatusCode> ExpectAsync(string path, params string[] ids)
    {
        var address = Fill(path, ids);
        using var response = await _http.GetAsync(new Uri(_hub.RootUrl, $"{address}?key={_hub.ApiKey}"));

        var declared = Description.Root["paths"]![path]!["get"]!["responses"]![$"{(int)response.StatusCode}"];
        Assert.True(declared is not null, $"{address}: {(int)response.StatusCode} is not declared.");
        var mediaType = response.Content.Headers.ContentType?.MediaType ?? "";
        var content = Description.Resolve(declared)["content"]![mediaType];
        Assert.True(content is not null, $"{address}: {(int)response.StatusCode} is not declared as '{mediaType}'.");
        Assert.Empty(Check.Errors(address, content["schema"]!, JsonNode.Parse(await response.Content.ReadAsStringAsync())));
        return response.StatusCode;
    }

    private async Task<JsonNode> JsonAsync(string address) => JsonNode.Parse(await _http.GetStringAsync(new Uri(_hub.RootUrl, address)))
        ?? throw new JsonException($"{address} is null.");

    private static string Id(JsonNode? entity) => (string)entity!["id"]!;

    private static string Fill(string path, params string[] ids)
    {
        var rest = new Queue<string>(ids);
        return string.Join('/', path.TrimStart('/').Split('/').Select(segment => segment.StartsWith('{') ? rest.Dequeue() : segment));
    }
}
