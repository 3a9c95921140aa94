using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MlHub.Description;

namespace MlHub.Sdk.Tests.Generation;

/// <summary>What the project's server sends, and what the service sent in its time, fits openapi/mlhub.yaml. Prism compares them.</summary>
/// <remarks>The other tests of the server and of the command also talk to a <see cref="DescribedServer"/>. These ask for everything that there is.</remarks>
public sealed class ServedAnswersTests : IAsyncLifetime, IDisposable
{
    private const string Json = "application/json";

    private static readonly Dictionary<string, string> Samples = new(StringComparer.Ordinal)
    {
        ["dataset.json"] = "/datasets/any",
        ["collection.json"] = "/collections/any",
        ["item.json"] = "/collections/any/items/any",
        ["items-page.json"] = "/collections/any/items",
        ["archive-info.json"] = "/archive/any/info",
        ["catalog-info.json"] = "/catalog/any/info",
        ["model.json"] = "/models/any",
    };

    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false });
    private DescribedServer _hub = null!;

    public async Task InitializeAsync() => _hub = await DescribedServer.StartAsync();

    public async Task DisposeAsync() => await _hub.DisposeAsync();

    public void Dispose() => _http.Dispose();

    [PrismFact]
    public async Task Every_response_of_the_sandbox_matches_the_description()
    {
        foreach (var dataset in (await JsonAsync("datasets")).AsArray())
        {
            await JsonAsync($"datasets/{Id(dataset)}");
            await JsonAsync($"catalog/{Id(dataset)}/info");
            if ((string?)dataset!["doi"] is { } doi)
            {
                await JsonAsync($"datasets/doi/{doi}");
            }
        }

        foreach (var collection in (await JsonAsync("collections"))["collections"]!.AsArray())
        {
            await JsonAsync($"collections/{Id(collection)}");
            await StatusAsync($"archive/{Id(collection)}/info");
            foreach (var item in (await JsonAsync($"collections/{Id(collection)}/items"))["features"]!.AsArray())
            {
                await JsonAsync($"collections/{Id(collection)}/items/{Id(item)}");
            }
        }

        foreach (var model in (await JsonAsync("models")).AsArray())
        {
            await JsonAsync($"models/{Id(model)}");
        }
    }

    [PrismFact]
    public async Task The_response_for_an_unknown_id_matches_the_description()
    {
        var description = ApiDescription.Parse(await File.ReadAllTextAsync(Repository.Place("openapi/mlhub.yaml")));
        foreach (var path in description.Operations.Select(operation => operation.Name.Split(' ')[1]).Where(path => path.Contains('{', StringComparison.Ordinal)))
        {
            var address = string.Join('/', path[1..].Split('/').Select(segment => segment.StartsWith('{') ? "no_such_id" : segment));

            Assert.Equal(404, await StatusAsync(address));
        }
    }

    [PrismFact]
    public async Task The_redirect_target_of_an_archive_matches_the_description()
    {
        using var redirect = await _http.GetAsync(new Uri(_hub.RootUrl, $"archive/sandbox_crops_kenya_s2?key={_hub.ApiKey}"));
        using var file = await _http.GetAsync(redirect.Headers.Location);

        var headers = file.Headers.Concat(file.Content.Headers).ToDictionary(header => header.Key, header => string.Join(',', header.Value));
        Assert.Null(await Prism.FindFaultAsync(new ServerAnswer("GET", "/archive/any", 200, headers, await file.Content.ReadAsByteArrayAsync())));
        Assert.Null(await Prism.FindFaultAsync(new ServerAnswer("HEAD", "/archive/any", 200, headers, [])));
    }

    [SampleFact]
    public async Task Recorded_responses_of_2021_and_2022_match_the_description()
    {
        foreach (var sample in Directory.EnumerateFiles(SampleFactAttribute.Directory, "*.json", SearchOption.AllDirectories))
        {
            var fault = await Prism.FindFaultAsync(Answer(Samples[Path.GetFileName(sample)], await File.ReadAllBytesAsync(sample)));

            Assert.True(fault is null, $"{sample}: {fault}");
        }
    }

    // The tests above prove something only if an answer that is not as described is found.
    [PrismFact]
    public async Task A_response_that_does_not_match_the_description_is_detected()
    {
        Assert.Contains("'types'", await FaultAsync("/archive/any/info", """{"collection":"c","dataset":"d","size":1}"""), StringComparison.Ordinal);
        Assert.Contains("size must be integer", await FaultAsync("/archive/any/info", """{"collection":"c","dataset":"d","size":"1","types":[]}"""), StringComparison.Ordinal);
        Assert.Contains("date-time", await FaultAsync("/collections/c/items/i", """{"id":"i","type":"Feature","geometry":null,"assets":{},"links":[],"stac_version":"1.0.0","properties":{"datetime":"today"}}"""), StringComparison.Ordinal);
        Assert.Contains("media type", await FaultAsync("/archive/any/info", "<p>Not found", 404, "text/html"), StringComparison.Ordinal);
        Assert.Contains("not found", await FaultAsync("/undescribed", "{}"), StringComparison.Ordinal);
        Assert.Null(await FaultAsync("/undescribed", """{"detail":"There is no such path."}""", 404));
    }

    private static Task<string?> FaultAsync(string path, string body, int status = 200, string mediaType = Json) =>
        Prism.FindFaultAsync(Answer(path, Encoding.UTF8.GetBytes(body), status, mediaType));

    private static ServerAnswer Answer(string path, byte[] body, int status = 200, string mediaType = Json) =>
        new("GET", path, status, new Dictionary<string, string> { ["Content-Type"] = mediaType }, body);

    private async Task<int> StatusAsync(string address)
    {
        using var response = await _http.GetAsync(new Uri(_hub.RootUrl, $"{address}?key={_hub.ApiKey}"));
        var body = await response.Content.ReadAsStringAsync();
        Assert.True((int)response.StatusCode < 500, $"{address}: {body}");
        return (int)response.StatusCode;
    }

    private async Task<JsonNode> JsonAsync(string address)
    {
        using var response = await _http.GetAsync(new Uri(_hub.RootUrl, $"{address}?key={_hub.ApiKey}"));
        var body = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{address}: {body}");
        return JsonNode.Parse(body) ?? throw new JsonException($"{address} is null.");
    }

    private static string Id(JsonNode? entity) => (string)entity!["id"]!;
}
