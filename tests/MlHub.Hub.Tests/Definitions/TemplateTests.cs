using System.Text.Json;
using MlHub.Sdk;

namespace MlHub.Hub.Tests;

/// <summary>Templates make collections, items and assets of the paths of files. The files are in a local directory here.</summary>
public sealed class TemplateTests
{
    [Fact]
    public async Task A_client_finds_datasets_items_assets_and_archives_of_a_directory()
    {
        await using var directory = Directory();
        await using var hubs = new OpenHubs();
        var client = await hubs.ConnectAsync(Definition.Crops(Place(directory)));

        var dataset = await client.Datasets.GetAsync("crops");
        var items = await client.Collections.ListItemsAsync("crops_source").ToListAsync();
        var assets = await dataset.DownloadAssetsAsync(directory.Place("out"));
        var archive = await client.Archives.DownloadAsync("crops_source", directory.Place("out"));

        Assert.Equal(("Crops", "10.5555/crops", "Somebody"), (dataset.Title, dataset.Doi, dataset.Citation));
        Assert.Equal([("crops_labels", CollectionType.Labels), ("crops_source", CollectionType.SourceImagery)], dataset.Collections.Select(collection => (collection.Id, collection.Types.Single())));
        Assert.Equal(["crops_source_01_20190606", "crops_source_01_20190721", "crops_source_02_20190606", "crops_source_02_20190721"], items.Select(item => item.Id));
        Assert.Equal(["B02", "B04"], items[0].Assets.Keys.Order());
        Assert.Equal(new DateTimeOffset(2019, 6, 6, 0, 0, 0, TimeSpan.Zero), items[0].DateTime);
        Assert.Equal((10, 0), (assets.Downloaded, assets.Failed));
        Assert.Equal("02 20190721 B04", await File.ReadAllTextAsync(directory.Place("out/crops/crops_source/crops_source_02_20190721/B04.tif")));
        Assert.Equal("an archive", await File.ReadAllTextAsync(archive.Path));
        Assert.Equal(10, (await client.Archives.GetInfoAsync("crops_source")).Size);
    }

    [Theory]
    [InlineData("2019-06-06", "2019-06-06T00:00:00Z", null, null)]
    [InlineData("2019_06_06", "2019-06-06T00:00:00Z", null, null)]
    [InlineData("20190606T081530Z", "2019-06-06T08:15:30Z", null, null)]
    [InlineData("2019-06-06T08-15-30", "2019-06-06T08:15:30Z", null, null)]
    [InlineData("201902", null, "2019-02-01T00:00:00Z", "2019-02-28T23:59:59Z")]
    [InlineData("2021_03", null, "2021-03-01T00:00:00Z", "2021-03-31T23:59:59Z")]
    [InlineData("2020", null, "2020-01-01T00:00:00Z", "2020-12-31T23:59:59Z")]
    public async Task A_date_in_a_path_is_the_time_of_the_item(string date, string? moment, string? start, string? end)
    {
        var properties = await PropertiesAsync("{tile}_{date}.tif", $"01_{date}.tif");

        Assert.Equal((moment, start, end), (Text(properties, "datetime"), Text(properties, "start_datetime"), Text(properties, "end_datetime")));
    }

    [Theory]
    [InlineData("{tile}/{start}-to-{end}.tif", "01/20190601-to-20190630.tif", null, "2019-06-01T00:00:00Z", "2019-06-30T23:59:59Z")]
    [InlineData("{tile}/{year}/{month}/{day}.tif", "01/2019/06/06.tif", "2019-06-06T00:00:00Z", null, null)]
    [InlineData("{tile}/{year}/{month}.tif", "01/2019/06.tif", null, "2019-06-01T00:00:00Z", "2019-06-30T23:59:59Z")]
    [InlineData("{tile}.tif", "01.tif", null, null, null)]
    public async Task Times_can_have_parts_or_be_missing(string template, string path, string? moment, string? start, string? end)
    {
        var properties = await PropertiesAsync(template, path);

        Assert.Equal((moment, start, end), (Text(properties, "datetime"), Text(properties, "start_datetime"), Text(properties, "end_datetime")));
        Assert.Equal("01", properties.GetProperty("mlhub:values").GetProperty("tile").GetString());
    }

    [Fact]
    public async Task Ids_and_keys_can_be_templates_and_a_name_twice_has_the_same_value()
    {
        await using var directory = new HubDirectory();
        directory.Write("data/7/7_B02.tif", "a");
        directory.Write("data/7/8_B02.tif", "b");
        directory.Write("data/9_a/9_a_B03.tif", "d");
        directory.Write("data/7/deep/er/7.npy", "c");
        await using var hubs = new OpenHubs();
        var hub = await hubs.OpenAsync(Definition.Parse($$"""
            { "id": "test", "datasets": [ { "id": "d", "place": {{Place(directory)}}, "collections": [
              { "id": "c", "items": [ { "path": "data/{n}/{n}_{b}.tif", "id": "tile-{n}", "asset": "band-{b}" }, { "path": "data/**/{n}.npy", "id": "tile-{n}", "asset": "array" } ] } ] } ] }
            """));

        Assert.Equal(["tile-7", "tile-9_a"], await OpenHubs.ItemsAsync(hub, "c"));
        Assert.Equal("files/d/data/7/7_B02.tif", await OpenHubs.HrefAsync(hub, "c", "tile-7", "band-B02"));
        Assert.Equal("files/d/data/9_a/9_a_B03.tif", await OpenHubs.HrefAsync(hub, "c", "tile-9_a", "band-B03"));
        Assert.Equal("files/d/data/7/deep/er/7.npy", await OpenHubs.HrefAsync(hub, "c", "tile-7", "array"));
        Assert.Equal([("d/data/7/8_B02.tif", "no template of the definition matches its path")], (await hub.ListLeftOutAsync()).Select(file => (file.Path, file.Reason)));
    }

    [Fact]
    public async Task Files_that_are_not_served_have_a_reason()
    {
        await using var directory = Directory();
        directory.Write("data/01/20191399/B02.tif", "wrong date");
        directory.Write("labels/03.tif", "labels");
        directory.Write("readme.txt", "text");
        directory.Write(".hidden/secret.txt", "text");
        await using var hubs = new OpenHubs();

        var hub = await hubs.OpenAsync(Definition.Crops(Place(directory)));

        Assert.Equal(
            [("crops/data/01/20191399/B02.tif", "'20191399' is not a date"), ("crops/readme.txt", "no template of the definition matches its path")],
            (await hub.ListLeftOutAsync()).Select(file => (file.Path, file.Reason)));
    }

    [Theory]
    [InlineData("tiles.csv", "name,south,west,north,east\n\"01\",0,34,1,35\n03,-1,179,1,-179\n")]
    [InlineData("tiles.geojson", """{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"name":"01"},"geometry":{"type":"Polygon","coordinates":[[[34,0],[35,0],[35,1],[34,1],[34,0]]]}}]}""")]
    public async Task Boxes_come_from_a_table_and_an_item_that_is_not_in_it_has_none(string table, string content)
    {
        await using var directory = Directory();
        directory.Write(table, content);
        await using var hubs = new OpenHubs();
        var hub = await hubs.OpenAsync(WithBoxes(directory, $$"""{ "path": "{{table}}", "key": "tile", "field": "name" }"""));
        var client = await hubs.ConnectAsync(hub);

        var found = await hub.FindItemAsync("c", "c_01_20190606_B02", default);
        var without = await hub.FindItemAsync("c", "c_02_20190606_B02", default);
        var inBox = await client.Collections.ListItemsAsync("c", new ItemQuery { Bbox = new Bbox(34.5, 0.5, 34.6, 0.6) }).ToListAsync();

        Assert.Equal("[34,0,35,1]", found!.Json.GetProperty("bbox").GetRawText());
        Assert.Equal("[[[34,0],[35,0],[35,1],[34,1],[34,0]]]", found.Json.GetProperty("geometry").GetProperty("coordinates").GetRawText());
        Assert.Equal(JsonValueKind.Null, without!.Json.GetProperty("geometry").ValueKind);
        Assert.False(without.Json.TryGetProperty("bbox", out _));
        Assert.All(inBox, item => Assert.StartsWith("c_01_", item.Id, StringComparison.Ordinal));
        Assert.Equal(4, inBox.Count);
    }

    [Theory]
    [InlineData("id,west,south,east\n01,1,2,3\n", "it has no column 'north' in its first line")]
    [InlineData("id,west,south,east,north\n01,1,2,three,4\n", "line 2 has no box: four numbers are needed")]
    [InlineData("id,west,south,east,north\n01,1,2,3,4\n02,680000,0,690000,10000\n", "line 3 has no box in degrees: west and east are -180 to 180, and south and north are -90 to 90, with south first")]
    [InlineData("id,west,south,east,north\n01,1,4,3,2\n", "line 2 has no box in degrees: west and east are -180 to 180, and south and north are -90 to 90, with south first")]
    [InlineData("""{"features":[{"properties":{"id":1},"geometry":{"type":"Point","coordinates":[680000,0]}}]}""", "the feature '1' has no box in degrees: west and east are -180 to 180, and south and north are -90 to 90, with south first")]
    [InlineData("{\"features\": [", "line 1 is not JSON")]
    [InlineData("{\"features\": []}", "no feature has both a geometry and the property 'id'")]
    public async Task A_table_that_is_wrong_is_named_and_the_items_are_served_without_boxes(string content, string reason)
    {
        await using var directory = Directory();
        directory.Write("tiles.csv", content);
        await using var hubs = new OpenHubs();

        var hub = await hubs.OpenAsync(WithBoxes(directory, """{ "path": "tiles.csv", "key": "tile" }"""));

        Assert.Contains(await hub.ListLeftOutAsync(), file => file.Reason == $"the table of boxes 'd/tiles.csv' cannot be used: {reason}");
        Assert.Equal(8, (await OpenHubs.ItemsAsync(hub, "c")).Length);
        string[] problem = [$"the collection 'c' is served without boxes: the table of boxes 'd/tiles.csv' cannot be used: {reason}."];
        Assert.Equal(problem, hub.Problems);
        await hub.RefreshAsync();
        Assert.Equal(problem, hub.Problems);
        directory.Write("tiles.csv", "id,west,south,east,north\n01,1,2,3,4\n");
        await hub.RefreshAsync();
        Assert.Empty(hub.Problems);
    }

    [Fact]
    public async Task Only_the_files_of_the_listing_are_served()
    {
        await using var directory = Directory();
        await using var outside = new HubDirectory();
        outside.Write("secret.txt", "secret");
        File.CreateSymbolicLink(directory.Place("labels/link.tif"), outside.Place("secret.txt"));
        System.IO.Directory.CreateSymbolicLink(directory.Place("data/linked"), outside.Path);
        await using var hubs = new OpenHubs();
        var hub = await hubs.OpenAsync(Definition.Crops(Place(directory)));
        directory.Write("labels/later.tif", "not in the listing");

        Assert.NotNull(await hub.FindFileAsync(["files", "crops", "labels", "01.tif"], default));
        foreach (var path in (string[][])[["crops"], ["crops", ""], ["crops", "labels", "link.tif"], ["crops", "data", "linked", "secret.txt"], ["crops", "..", "secret.txt"], ["crops", "labels", "later.tif"], ["other", "labels", "01.tif"], [""], []])
        {
            Assert.Null(await hub.FindFileAsync(["files", .. path], default));
        }
    }

    [Fact]
    public async Task STAC_files_come_before_templates_and_keep_their_collections()
    {
        await using var directory = new HubDirectory();
        directory.WriteDataset("stac", "crops_c", "one");
        directory.Write("stac/crops_c/one/image.tif", "image");
        directory.Write("more/two.tif", "image");
        await using var hubs = new OpenHubs();
        var hub = await hubs.OpenAsync(Definition.Parse($$"""
            { "id": "test", "datasets": [ { "id": "d", "place": {{Place(directory)}}, "stac": ["stac/**.json"], "collections": [ { "id": "crops_c", "items": [ { "path": "more/{name}.tif", "id": "{name}" } ] } ] } ] }
            """));

        Assert.Equal(["one", "two"], await OpenHubs.ItemsAsync(hub, "crops_c"));
        Assert.Equal("The collection crops_c", (await hub.FindCollectionAsync("crops_c", default))!.Value.GetProperty("description").GetString());
        Assert.Equal("files/d/stac/crops_c/one/image.tif", await OpenHubs.HrefAsync(hub, "crops_c", "one", "image"));
        Assert.Equal("files/d/more/two.tif", await OpenHubs.HrefAsync(hub, "crops_c", "two", "data"));
    }

    private static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static string Place(HubDirectory directory) => $$"""{ "type": "directory", "path": "{{directory.Path}}" }""";

    private static HubDirectory Directory()
    {
        var directory = new HubDirectory();
        foreach (var (key, content) in Definition.Files)
        {
            directory.Write(key, content);
        }

        return directory;
    }

    private static HubDefinition WithBoxes(HubDirectory directory, string boxes) => Definition.Parse($$"""
        { "id": "test", "datasets": [ { "id": "d", "place": {{Place(directory)}}, "collections": [ { "id": "c", "items": [ "data/{tile}/{date}/{n}.tif" ], "boxes": {{boxes}} } ] } ] }
        """);

    private static async Task<JsonElement> PropertiesAsync(string template, string path)
    {
        await using var directory = new HubDirectory();
        directory.Write(path, "image");
        await using var hubs = new OpenHubs();
        var hub = await hubs.OpenAsync(Definition.Parse($$"""
            { "id": "test", "datasets": [ { "id": "d", "place": {{Place(directory)}}, "collections": [ { "id": "c", "items": [ { "path": "{{template}}", "id": "only" } ] } ] } ] }
            """));
        return (await hub.FindItemAsync("c", "only", default))!.Json.GetProperty("properties").Clone();
    }
}
