using System.Text.Json;
using MlHub.Sandbox;

namespace MlHub.Server.Tests.Sandbox;

public sealed class ArchivesTests(SandboxServer sandbox) : IClassFixture<SandboxServer>
{
    [Fact]
    public async Task Every_archive_contains_its_collection_with_all_items_and_assets()
    {
        var collections = (await sandbox.GetJsonAsync("collections")).GetProperty("collections");
        var count = 0;
        foreach (var id in collections.EnumerateArray().Select(collection => collection.GetProperty("id").GetString()!))
        {
            using var response = await sandbox.GetAsync($"/storage/mlhub/archives/{id}.tar.gz");
            if (response.IsSuccessStatusCode)
            {
                count++;
                AssertWhole(id, await TarballReader.ReadAsync(await response.Content.ReadAsStreamAsync()), await sandbox.GetJsonAsync($"collections/{id}/items?limit=100&key=sandbox-key"));
            }
        }

        Assert.Equal(9, count);
    }

    [Fact]
    public async Task An_asset_is_the_same_in_the_archive_and_in_the_storage()
    {
        const string Item = "sandbox_landcover_tiles/sandbox_landcover_tiles_0007";
        using var archive = await sandbox.GetAsync("/storage/mlhub/archives/sandbox_landcover_tiles.tar.gz");
        var files = await TarballReader.ReadAsync(await archive.Content.ReadAsStreamAsync());
        foreach (var path in new[] { $"{Item}/image.tif", $"{Item}/thumbnail.png", "sandbox_landcover_tiles/_common/train_split.csv" })
        {
            using var asset = await sandbox.GetAsync($"/storage/mlhub/assets/{path}");
            Assert.Equal(files[path], await asset.Content.ReadAsByteArrayAsync());
        }
    }

    [Fact]
    public async Task The_first_dataset_has_several_archives_of_a_few_MiB()
    {
        var dataset = await sandbox.GetJsonAsync($"datasets/{SandboxHub.FirstDatasetId}");
        List<long> sizes = [];
        foreach (var collection in dataset.GetProperty("collections").EnumerateArray())
        {
            var info = await sandbox.GetJsonAsync($"archive/{collection.GetProperty("id").GetString()}/info");
            sizes.Add(info.GetProperty("size").GetInt64());
        }

        Assert.Equal(3, sizes.Count);
        Assert.All(sizes, size => Assert.InRange(size, 1 << 20, 4 << 20));
    }

    [Fact]
    public async Task The_asset_URLs_in_a_catalogue_work()
    {
        using var response = await sandbox.GetAsync("/storage/mlhub/catalogs/sandbox_flood_bangladesh.tar.gz");
        var files = await TarballReader.ReadAsync(await response.Content.ReadAsStreamAsync());
        var item = Parse(files["sandbox_flood_bangladesh/sandbox_flood_bangladesh/sandbox_flood_bangladesh_20200501/sandbox_flood_bangladesh_20200501.json"]);
        var collection = Parse(files["sandbox_flood_bangladesh/sandbox_flood_bangladesh/collection.json"]);
        foreach (var asset in item.GetProperty("assets").EnumerateObject().Concat(collection.GetProperty("assets").EnumerateObject()))
        {
            var href = asset.Value.GetProperty("href").GetString()!;
            Assert.StartsWith($"http://{SandboxServer.Host}/storage/", href, StringComparison.Ordinal);
            using var file = await sandbox.GetAsync(href[$"http://{SandboxServer.Host}".Length..]);
            Assert.True(file.IsSuccessStatusCode, href);
        }
    }

    [Fact]
    public async Task A_catalogue_contains_every_item_of_every_collection_once()
    {
        using var response = await sandbox.GetAsync("/storage/mlhub/catalogs/sandbox_crops_kenya.tar.gz");
        var files = await TarballReader.ReadAsync(await response.Content.ReadAsStreamAsync());
        Assert.Equal("sandbox_crops_kenya/catalog.json", files.Keys.First());
        Assert.Equal(1 + 3 + 24 + 24 + 8, files.Count);
        Assert.All(files, file => Assert.NotEqual(default, Parse(file.Value)));
    }

    [Fact]
    public async Task One_catalogue_has_macOS_files_and_a_different_id_as_real_ones_do()
    {
        using var response = await sandbox.GetAsync("/storage/mlhub/catalogs/sandbox_flood_bangladesh.tar.gz");
        var files = await TarballReader.ReadAsync(await response.Content.ReadAsStreamAsync());
        Assert.Contains("sandbox_flood_bangladesh/.DS_Store", files.Keys);
        Assert.Contains("sandbox_flood_bangladesh/._catalog.json", files.Keys);
        Assert.Equal("flood-bangladesh", Parse(files["sandbox_flood_bangladesh/catalog.json"]).GetProperty("id").GetString());
    }

    private static void AssertWhole(string id, Dictionary<string, byte[]> files, JsonElement page)
    {
        Assert.Equal(id, Parse(files[$"{id}/collection.json"]).GetProperty("id").GetString());
        foreach (var item in page.GetProperty("features").EnumerateArray())
        {
            var itemId = item.GetProperty("id").GetString()!;
            var archived = Parse(files[$"{id}/{itemId}/stac.json"]);
            foreach (var asset in archived.GetProperty("assets").EnumerateObject())
            {
                var path = new Uri(new Uri($"file:///{id}/{itemId}/stac.json"), asset.Value.GetProperty("href").GetString()).AbsolutePath[1..];
                Assert.NotEmpty(files[path]);
            }

            Assert.Equal(item.GetProperty("assets").EnumerateObject().Select(asset => asset.Name), archived.GetProperty("assets").EnumerateObject().Select(asset => asset.Name));
        }
    }

    private static JsonElement Parse(byte[] json) => JsonSerializer.Deserialize<JsonElement>(json);
}
