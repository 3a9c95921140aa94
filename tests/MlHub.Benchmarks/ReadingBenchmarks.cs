using System.Net;
using System.Text;
using BenchmarkDotNet.Attributes;
using MlHub.Sdk;

namespace MlHub.Benchmarks;

/// <summary>One page of 10,000 items, as one with thirteen bands looks, 36 MB in all, from a handler in memory.</summary>
[MemoryDiagnoser]
public class ReadingBenchmarks : IDisposable
{
    private const int Count = 10_000;

    private readonly MlHubClient _client = Client(Page("1"));
    private readonly MlHubClient _clientOfPython = Client(Page("NaN"));

    /// <summary>What <c>--format jsonl</c> needs.</summary>
    [Benchmark]
    public async Task<long> Json() => await SumAsync(_client, item => item.ToJson().Length);

    /// <summary>What a program uses.</summary>
    [Benchmark]
    public async Task<long> Typed() => await SumAsync(
        _client, item => item.Id.Length + item.Assets.Count + item.Links.Count + item.Geometry!.NumPoints + (item.Bbox!.West > 0 ? 1 : 0) + item.DateTime!.Value.Year);

    /// <summary>The same with a bare NaN in each item.</summary>
    [Benchmark]
    public async Task<long> JsonWithNaN() => await SumAsync(_clientOfPython, item => item.ToJson().Length);

    public void Dispose()
    {
        _client.Dispose();
        _clientOfPython.Dispose();
        GC.SuppressFinalize(this);
    }

    private static async Task<long> SumAsync(MlHubClient client, Func<Item, long> size)
    {
        var sum = 0L;
        await foreach (var item in client.Collections.ListItemsAsync("c", new ItemQuery { Limit = null }))
        {
            sum += size(item);
        }

        return sum;
    }

    private static MlHubClient Client(byte[] page) =>
        new(new MlHubClientOptions { ApiKey = "key", RootUrl = new Uri("https://hub.example/") }, new OnePage(page));

    private static byte[] Page(string nodata)
    {
        var assets = string.Join(',', Enumerable.Range(1, 13).Select(band =>
            $$"""
            "B{{band:00}}": {"href": "https://hub.example/download/gAAAAABe2QfE3V7cP1mEyUZ8rLm3bQ5dRzQ{{band}}", "type": "image/tiff", "title": null, "description": null, "roles": [],
              "eo:bands": [{"name": "B{{band:00}}", "common_name": "Vegetation red edge", "gsd": 20}]}
            """));
        var items = Enumerable.Range(0, Count).Select(i =>
            $$"""
            {"type": "Feature", "id": "ref_african_crops_kenya_02_tile_02_{{i}}", "collection": "ref_african_crops_kenya_02_source", "stac_version": "1.0.0",
             "bbox": [34.2032045415558, 0.167021869556755, 34.384363429998224, 0.441518222808124], "stac_extensions": ["eo"],
             "geometry": {"type": "Polygon", "coordinates": [[[34.2032045415558, 0.16703387465341], [34.20323495307315, 0.441518222808124],
              [34.384363429998224, 0.44148648939337], [34.38432844382599, 0.167021869556755], [34.2032045415558, 0.16703387465341]]]},
             "properties": {"datetime": "2019-07-21T00:00:00Z", "gsd": 10, "nodata": {{nodata}} },
             "links": [{"rel": "self", "href": "https://hub.example/collections/c/items/{{i}}"}, {"rel": "parent", "href": "https://hub.example/collections/c"}],
             "assets": { {{assets}} } }
            """);
        return Encoding.UTF8.GetBytes($$"""{"type": "FeatureCollection", "links": [], "features": [{{string.Join(",\n", items)}}]}""");
    }

    private sealed class OnePage(byte[] page) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent(page) });
    }
}
