using System.Globalization;
using System.Text.Json;

namespace MlHub.Server.Tests.Sandbox;

/// <summary>The sandbox is STAC 1.0.0 and has the odd data that clients must handle.</summary>
public sealed class StacTests(SandboxServer sandbox) : IClassFixture<SandboxServer>
{
    [Fact]
    public async Task Every_collection_has_the_fields_that_STAC_requires()
    {
        foreach (var collection in (await sandbox.GetJsonAsync("collections")).GetProperty("collections").EnumerateArray())
        {
            Assert.Equal("Collection", collection.GetProperty("type").GetString());
            Assert.Equal("1.0.0", collection.GetProperty("stac_version").GetString());
            Assert.All(new[] { "id", "description", "license" }, name => Assert.NotEmpty(collection.GetProperty(name).GetString()!));
            var interval = Assert.Single(collection.GetProperty("extent").GetProperty("temporal").GetProperty("interval").EnumerateArray());
            Assert.All(interval.EnumerateArray().Where(time => time.ValueKind != JsonValueKind.Null), time => Time(time));
            Assert.Equal(4, Assert.Single(collection.GetProperty("extent").GetProperty("spatial").GetProperty("bbox").EnumerateArray()).GetArrayLength());
        }
    }

    [Fact]
    public async Task Every_item_is_within_the_extent_of_its_collection_and_has_a_time_and_assets()
    {
        foreach (var collection in (await sandbox.GetJsonAsync("collections")).GetProperty("collections").EnumerateArray())
        {
            var id = collection.GetProperty("id").GetString();
            var extent = Numbers(collection.GetProperty("extent").GetProperty("spatial").GetProperty("bbox")[0]);
            foreach (var item in (await sandbox.GetJsonAsync($"collections/{id}/items?limit=100&key=sandbox-key")).GetProperty("features").EnumerateArray())
            {
                AssertItem(item, id!, extent);
            }
        }
    }

    [Fact]
    public async Task The_sandbox_is_small_and_one_collection_has_more_than_fifty_items()
    {
        List<int> counts = [];
        long bytes = 0;
        foreach (var collection in (await sandbox.GetJsonAsync("collections")).GetProperty("collections").EnumerateArray())
        {
            var id = collection.GetProperty("id").GetString();
            counts.Add((await sandbox.GetJsonAsync($"collections/{id}/items?limit=1&key=sandbox-key")).GetProperty("context").GetProperty("matched").GetInt32());
            using var head = await sandbox.SendAsync(HttpMethod.Head, $"/storage/mlhub/archives/{id}.tar.gz");
            bytes += head.IsSuccessStatusCode ? head.Content.Headers.ContentLength!.Value : 0;
        }

        Assert.Contains(counts, count => count > 50);
        Assert.InRange(bytes, 1 << 20, 16 << 20);
    }

    [Fact]
    public async Task The_sandbox_has_the_unusual_data_that_clients_must_handle()
    {
        var datasets = (await sandbox.GetJsonAsync("datasets")).EnumerateArray().ToList();
        Assert.Contains(datasets, dataset => Listed(dataset).GroupBy(listed => listed.Id).Any(group => group.Count() > 1));
        Assert.Contains(datasets, dataset => Listed(dataset) is [{ Types: "source_imagery,labels" }]);
        Assert.Contains(datasets, dataset => dataset.GetProperty("doi").ValueKind == JsonValueKind.Null);
        Assert.Contains(datasets, dataset => dataset.GetProperty("bbox").ValueKind == JsonValueKind.Null);
        Assert.Contains(datasets, dataset => dataset.GetProperty("date_modified").ValueKind == JsonValueKind.Null);

        var untitled = await sandbox.GetJsonAsync("collections/sandbox_storms_pacific_imagery");
        Assert.Equal(JsonValueKind.Null, untitled.GetProperty("title").ValueKind);
        Assert.Equal(JsonValueKind.Null, untitled.GetProperty("extent").GetProperty("temporal").GetProperty("interval")[0][1].ValueKind);
    }

    [Fact]
    public async Task Every_dataset_has_all_fields_of_the_2022_API()
    {
        string[] fields =
        [
            "bbox", "citation", "collections", "creator_contact", "date_added", "date_modified", "description", "documentation_link", "doi", "id",
            "publications", "registry", "status", "tags", "title", "tools_applications", "tutorials",
        ];
        foreach (var dataset in (await sandbox.GetJsonAsync("datasets")).EnumerateArray())
        {
            Assert.Equal(fields, dataset.EnumerateObject().Select(property => property.Name).Order(StringComparer.Ordinal));
            Assert.Equal(["contact", "creator"], dataset.GetProperty("creator_contact").EnumerateObject().Select(property => property.Name));
        }
    }

    [Theory]
    [InlineData("sandbox_crops_kenya_s2/sandbox_crops_kenya_s2_tile_01_20190606/B08.tif")]
    [InlineData("sandbox_crops_kenya_labels/sandbox_crops_kenya_labels_tile_08/field_ids.tif")]
    [InlineData("sandbox_landcover_tiles/sandbox_landcover_tiles_0056/image.tif")]
    public async Task A_raster_is_a_complete_TIFF_file(string path)
    {
        using var response = await sandbox.GetAsync($"/storage/mlhub/assets/{path}");
        var tiff = await response.Content.ReadAsByteArrayAsync();
        Assert.Equal("II*\0"u8.ToArray(), tiff[..4]);
        var directory = BitConverter.ToInt32(tiff, 4);
        var entries = Enumerable.Range(0, BitConverter.ToUInt16(tiff, directory)).Select(index => directory + 2 + index * 12).ToList();
        var tags = entries.ToDictionary(entry => BitConverter.ToUInt16(tiff, entry), entry => BitConverter.ToInt32(tiff, entry + 8));
        Assert.Equal(tags.Keys.Order(), tags.Keys);
        var bytesPerPixel = tags[277] == 3 ? 3 : tags[258] / 8;
        Assert.Equal(tags[256] * tags[257] * bytesPerPixel, tags[279]);
        Assert.Equal(directory, tags[273] + tags[279]);
    }

    private static void AssertItem(JsonElement item, string collection, double[] extent)
    {
        Assert.Equal("Feature", item.GetProperty("type").GetString());
        Assert.Equal(collection, item.GetProperty("collection").GetString());
        var bbox = Numbers(item.GetProperty("bbox"));
        Assert.True(bbox[0] >= extent[0] && bbox[1] >= extent[1] && bbox[2] <= extent[2] && bbox[3] <= extent[3], item.GetProperty("id").GetString());
        Assert.NotEmpty(item.GetProperty("assets").EnumerateObject());
        var properties = item.GetProperty("properties");
        if (properties.GetProperty("datetime").ValueKind == JsonValueKind.Null)
        {
            Assert.True(Time(properties.GetProperty("start_datetime")) <= Time(properties.GetProperty("end_datetime")));
        }
        else
        {
            Time(properties.GetProperty("datetime"));
        }
    }

    private static List<(string Id, string Types)> Listed(JsonElement dataset) =>
        [.. dataset.GetProperty("collections").EnumerateArray().Select(collection => (
            collection.GetProperty("id").GetString()!, string.Join(',', collection.GetProperty("types").EnumerateArray().Select(type => type.GetString()))))];

    private static double[] Numbers(JsonElement array) => [.. array.EnumerateArray().Select(number => number.GetDouble())];

    private static DateTime Time(JsonElement time) =>
        DateTime.ParseExact(time.GetString()!, "yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal);
}
