using Snapshooter.Xunit;

namespace MlHub.Server.Tests.Api;

/// <summary>Snapshots of responses. A snapshot that changes is a change that clients see.</summary>
public sealed class ResponsesTests(SandboxServer sandbox) : IClassFixture<SandboxServer>
{
    [Theory]
    [InlineData("root", "")]
    [InlineData("datasets", "datasets")]
    [InlineData("dataset", "datasets/sandbox_crops_kenya")]
    [InlineData("collections", "collections")]
    [InlineData("collection", "collections/sandbox_crops_kenya_s2")]
    [InlineData("collection_open_and_untitled", "collections/sandbox_storms_pacific_imagery")]
    [InlineData("items_first_page", "collections/sandbox_crops_kenya_labels/items?key=sandbox-key&limit=1")]
    [InlineData("items_middle_page", "collections/sandbox_landcover_tiles/items?key=sandbox-key&limit=1&extensions=label&token=next:sandbox_landcover_tiles_0030")]
    [InlineData("items_none", "collections/sandbox_storms_pacific_forecast/items?key=sandbox-key")]
    [InlineData("item", "collections/sandbox_flood_bangladesh/items/sandbox_flood_bangladesh_20200501?key=sandbox-key")]
    [InlineData("item_with_open_times", "collections/sandbox_storms_pacific_imagery/items/sandbox_storms_pacific_ulani?key=sandbox-key")]
    [InlineData("archive_info", "archive/sandbox_crops_kenya_s2/info")]
    [InlineData("archive_info_both_types", "archive/sandbox_flood_bangladesh/info")]
    [InlineData("catalog_info", "catalog/sandbox_crops_kenya/info?key=sandbox-key")]
    [InlineData("models", "models")]
    [InlineData("model", "models/sandbox-crop-classifier-unet-v1")]
    public async Task A_response_matches_its_snapshot(string name, string path) => (await sandbox.DescribeAsync(path)).MatchSnapshot($"{nameof(ResponsesTests)}_{name}");

    [Theory]
    [InlineData("datasets", "application/json")]
    [InlineData("collections", "application/json")]
    [InlineData("collections/sandbox_crops_kenya_s2/items?key=sandbox-key", "application/geo+json")]
    [InlineData("collections/sandbox_crops_kenya_s2/items/sandbox_crops_kenya_s2_tile_01_20190904?key=sandbox-key", "application/geo+json")]
    public async Task Items_are_GeoJSON_and_everything_else_is_JSON(string path, string type)
    {
        using var response = await sandbox.GetAsync(path);
        Assert.Equal(type, response.Content.Headers.ContentType?.ToString());
    }

    [Fact]
    public async Task Numbers_are_sent_with_the_digits_of_the_hub()
    {
        using var response = await sandbox.GetAsync("collections/sandbox_crops_kenya_s2/items/sandbox_crops_kenya_s2_tile_01_20190904?key=sandbox-key");
        Assert.Contains("\"bbox\":[34.2000,0.1600,34.2256,0.1856]", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Links_use_the_host_of_the_request()
    {
        using var client = SandboxServer.ClientOf(sandbox.Server.RootUrl);
        var own = await client.GetStringAsync("collections/sandbox_crops_kenya_s2");
        Assert.Contains($"\"{sandbox.Server.RootUrl}collections/sandbox_crops_kenya_s2\"", own, StringComparison.Ordinal);
        using var other = await sandbox.GetAsync("collections/sandbox_crops_kenya_s2");
        Assert.Contains($"\"http://{SandboxServer.Host}/mlhub/v1/collections/sandbox_crops_kenya_s2\"", await other.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("archive/sandbox_crops_kenya_s1", "/storage/mlhub/archives/sandbox_crops_kenya_s1.tar.gz")]
    [InlineData("catalog/sandbox_crops_kenya", "/storage/mlhub/catalogs/sandbox_crops_kenya.tar.gz")]
    public async Task Files_redirect_to_storage_outside_the_root_without_the_key(string path, string target)
    {
        foreach (var method in new[] { HttpMethod.Get, HttpMethod.Head })
        {
            using var response = await sandbox.SendAsync(method, path + "?key=sandbox-key");
            Assert.Equal(303, (int)response.StatusCode);
            Assert.Equal($"http://{SandboxServer.Host}{target}", response.Headers.Location?.OriginalString);
            Assert.Empty(await response.Content.ReadAsByteArrayAsync());
        }
    }
}
