using System.Security.Cryptography;
using System.Text.Json;

namespace MlHub.Server.Tests.Sandbox;

/// <summary>The sandbox is the same to the byte from run to run and from machine to machine (docs/adr/0031).</summary>
public sealed class DeterminismTests(SandboxServer first) : IClassFixture<SandboxServer>, IAsyncLifetime
{
    private readonly SandboxServer _second = new();

    public Task InitializeAsync() => _second.InitializeAsync();

    public Task DisposeAsync() => _second.DisposeAsync();

    [Theory]
    [InlineData("archives/sandbox_crops_kenya_s2", "d6b5c309bbc79477f04bd2eaf75c28a3b1210ecb2a92329c447a2db80bec366e")]
    [InlineData("archives/sandbox_crops_kenya_s1", "7c841669d45e91f88f5a0661f77fca1a2dbf4858e5add2b4f2ead10b5ca77f17")]
    [InlineData("archives/sandbox_crops_kenya_labels", "3bcf926a6756b027f0471a6bc0a7a7c3be9974b3cdcaebba5d6730d2fa4c1baa")]
    [InlineData("archives/sandbox_landcover_tiles", "0c2e984667cddc50823589710c65b2ce651dbf4f5b911d198895c8fbce413b20")]
    [InlineData("archives/sandbox_flood_bangladesh", "7b18f9266ced3cfe216bbae94d2dac70aabc90931f8a5aa0985f0f9674d2a236")]
    [InlineData("archives/sandbox_flood_bangladesh_gauges", "2f2a29628f6d3950ed3a437617f269139da903829f5b44478faab25388f2cd5e")]
    [InlineData("archives/sandbox_storms_pacific_imagery", "8f7391e706f05246cfa8cfe1fc518fecdc092f49c2d2444c4367a3f472a6bca1")]
    [InlineData("archives/sandbox_assets_world_scenes", "116be67943e21c3e00a075d0dcc99b39f6237d153a8a97ddcebeeae3e56e88df")]
    [InlineData("archives/sandbox_assets_world_labels", "6cfbb88c2b45beac6976b3a1f9774aaf393b747b6ee9851eb44725dd81e6852d")]
    [InlineData("catalogs/sandbox_assets_world", "72b96e58e4d415c74acbf4f2e5f5c4b8eedeb14b4144778e2218dfecdb26d83a")]
    [InlineData("catalogs/sandbox_crops_kenya", "babde8a22a09048abf5a05e4c219635a0b4f5b1291f0397599b10c03a40e9c46")]
    [InlineData("catalogs/sandbox_landcover_tiles", "93b2f8b043c717155f7ece481db5805370b36ce9514c1010bace8578fa1a9b69")]
    [InlineData("catalogs/sandbox_flood_bangladesh", "6c6d57877566bc568609df25c647de8f9a7c008976c720e6f0358309d1740694")]
    [InlineData("catalogs/sandbox_storms_pacific", "8a76a4e64ea04707de268d05d5bf4ec9240d740758b4d16e6d193bb607fbc565")]
    public async Task An_archive_has_its_pinned_digest(string path, string sha256)
    {
        using var response = await first.GetAsync($"/storage/mlhub/{path}.tar.gz");
        Assert.Equal(sha256, Convert.ToHexStringLower(SHA256.HashData(await response.Content.ReadAsByteArrayAsync())));
    }

    [Fact]
    public async Task Two_servers_send_the_same_bytes_for_the_same_host_name()
    {
        Assert.NotEqual(first.Server.RootUrl, _second.Server.RootUrl);
        var paths = await CrawlAsync();
        Assert.InRange(paths.Count, 300, 1000);
        foreach (var path in paths)
        {
            using var one = await first.GetAsync(path);
            using var other = await _second.GetAsync(path);
            Assert.Equal(one.Content.Headers.ToString(), other.Content.Headers.ToString());
            Assert.Equal(one.Headers.ETag, other.Headers.ETag);
            Assert.Equal(await one.Content.ReadAsByteArrayAsync(), await other.Content.ReadAsByteArrayAsync());
        }
    }

    /// <summary>Every path of this host that links and assets lead to, from the root on; each must answer.</summary>
    private async Task<HashSet<string>> CrawlAsync()
    {
        HashSet<string> seen = ["/mlhub/v1/", "/mlhub/v1/datasets", "/mlhub/v1/models"];
        Queue<string> open = new(seen);
        while (open.TryDequeue(out var path))
        {
            using var response = await first.GetAsync(path);
            Assert.True(response.IsSuccessStatusCode, path);
            if (response.Content.Headers.ContentType?.MediaType is "application/json" or "application/geo+json")
            {
                var hrefs = Hrefs(await SandboxServer.ReadJsonAsync(response)).Where(href => href.StartsWith($"http://{SandboxServer.Host}/", StringComparison.Ordinal));
                foreach (var next in hrefs.Select(href => WithKey(href[$"http://{SandboxServer.Host}".Length..])).Where(seen.Add))
                {
                    open.Enqueue(next);
                }
            }
        }

        return seen;
    }

    private static string WithKey(string path) =>
        !path.Contains("/items", StringComparison.Ordinal) && !path.Contains("/search", StringComparison.Ordinal) ? path : path + (path.Contains('?', StringComparison.Ordinal) ? "&key=sandbox-key" : "?key=sandbox-key");

    private static IEnumerable<string> Hrefs(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Array => json.EnumerateArray().SelectMany(Hrefs),
        JsonValueKind.Object => json.EnumerateObject().SelectMany(property =>
            property.NameEquals("href") && property.Value.ValueKind == JsonValueKind.String ? [property.Value.GetString()!] : Hrefs(property.Value)),
        _ => [],
    };
}
