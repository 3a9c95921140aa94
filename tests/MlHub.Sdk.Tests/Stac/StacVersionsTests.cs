using System.Text.Json;

namespace MlHub.Sdk.Tests.Stac;

/// <summary>STAC from 0.6 to 1.1, and shapes that servers make of it.</summary>
public sealed class StacVersionsTests : IDisposable
{
    private readonly MlHubClient _client = new FakeHub().Client();

    public void Dispose() => _client.Dispose();

    // radiantearth/stac-spec#860: a collection of 0.6.0.
    [Fact]
    public void A_collection_of_STAC_0_6_is_read()
    {
        var collection = Collection(
            """
            {"stac_version": "0.6.0", "id": "sentinel-2-l1c", "title": "Sentinel 2 L1C", "license": "proprietary", "keywords": ["earth"], "version": "0.1.0",
             "extent": {"spatial": [-180, -90, 180, 90], "temporal": ["2013-06-01", null]},
             "providers": [{"name": "ESA", "roles": ["producer"], "url": "https://earth.esa.int"}], "properties": {"eo:gsd": 10}, "links": []}
            """);

        Assert.Equal("0.6.0", collection.StacVersion);
        Assert.Equal([new Bbox(-180, -90, 180, 90)], collection.Extent!.Bboxes);
        Assert.Equal([new TemporalInterval(new DateTimeOffset(2013, 6, 1, 0, 0, 0, TimeSpan.Zero), null)], collection.Extent.Intervals);
        Assert.Equal("ESA", Assert.Single(collection.Providers).Name);
        Assert.Equal(10, collection.Properties!.Value.GetProperty("eo:gsd").GetInt32());
    }

    [Fact]
    public void An_item_of_STAC_0_6_has_its_collection_and_its_interval()
    {
        var item = Item.FromJson(JsonElement.Parse(
            """
            {"type": "Feature", "stac_version": "0.6.2", "id": "i", "properties": {"collection": "landsat-8-l1", "datetime": null,
             "dtr:start_datetime": "2018-01-01T00:00:00Z", "dtr:end_datetime": "2018-02-01T00:00:00Z"}, "assets": {}, "links": []}
            """));

        Assert.Equal("landsat-8-l1", item.CollectionId);
        Assert.Equal((2018, 1), (item.StartDateTime!.Value.Year, item.StartDateTime.Value.Month));
        Assert.Equal(2, item.Time!.End!.Value.Month);
    }

    [Fact]
    public void A_collection_of_STAC_1_1_is_read()
    {
        var collection = Collection(
            """
            {"type": "Collection", "stac_version": "1.1.0", "id": "c", "license": "other", "extent": {"spatial": {"bbox": [[-180, -90, -100, 180, 90, 9000]]},
             "temporal": {"interval": [["2020-01-01T00:00:00Z", "2021-01-01T00:00:00Z"]]} }, "item_assets": {"B1": {"bands": []}}, "links": []}
            """);

        Assert.Equal(9000, Assert.Single(collection.Extent!.Bboxes).MaxHeight);
        Assert.Equal("other", collection.License);
        Assert.Empty(collection.Assets);
    }

    [Theory]
    [InlineData("""{"spatial": {"bbox": [[1, 2, 3, 4]]}}""")]
    [InlineData("""{"spatial": {"bbox": [1, 2, 3, 4]}}""")]
    [InlineData("""{"spatial": [1, 2, 3, 4]}""")]
    [InlineData("""{"spatial": [[1, 2, 3, 4]]}""")]
    [InlineData("""{"spatial": {"bbox": [[[1, 2, 3, 4]]]}}""")]
    [InlineData("""{"spatial": {"bbox": [[1, 2, 3, 4], null, "x", [1, 2]]}}""")]
    public void A_box_is_read_flat_or_nested(string extent) =>
        Assert.Equal([new Bbox(1, 2, 3, 4)], Collection($$"""{"id": "c", "extent": {{extent}} }""").Extent!.Bboxes);

    // xcube-dev/xcube#1077 nests an interval once too often.
    [Theory]
    [InlineData("""{"temporal": {"interval": [["2020-01-01", null]]}}""")]
    [InlineData("""{"temporal": {"interval": ["2020-01-01", null]}}""")]
    [InlineData("""{"temporal": ["2020-01-01", ".."]}""")]
    [InlineData("""{"temporal": {"interval": [["2020-01-01T00:00:00Z", ""]]}}""")]
    [InlineData("""{"temporal": {"interval": [[["2020-01-01", ".."]]]}}""")]
    [InlineData("""{"temporal": {"interval": [["2020-01-01", null], {}, [1]]}}""")]
    public void An_interval_is_read_flat_or_nested_and_two_dots_are_an_open_end(string extent) => Assert.Equal(
        [new TemporalInterval(new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero), null)], Collection($$"""{"id": "c", "extent": {{extent}} }""").Extent!.Intervals);

    [Fact]
    public void An_interval_may_be_open_at_both_ends() =>
        Assert.Equal([new TemporalInterval(null, null)], Collection("""{"id": "c", "extent": {"temporal": [null, ".."]} }""").Extent!.Intervals);

    // DroneDB/Registry#328 nests the box of an item.
    [Theory]
    [InlineData("[1, 2, 3, 4]", "1,2,3,4")]
    [InlineData("[1, 2, -5, 3, 4, 5]", "1,2,3,4")]
    [InlineData("[[1, 2, 3, 4]]", "1,2,3,4")]
    [InlineData("[[1, 2], [3, 4]]", "1,2,3,4")]
    [InlineData("[[1, 2, -5], [3, 4, 5]]", "1,2,3,4")]
    [InlineData("[[1, 2, 3, 4], [5, 6, 7, 8]]", null)]
    [InlineData("[]", null)]
    [InlineData("[1, 2, 3]", null)]
    [InlineData("[1, 4, 3, 2]", null)]
    [InlineData("[1, 2, 3, null]", null)]
    [InlineData("[1, 2, 3, 1e400]", null)]
    [InlineData("[\"1\", \"2\", \"3\", \"4\"]", null)]
    [InlineData("{}", null)]
    public void The_box_of_an_item_has_four_numbers_or_six(string bbox, string? expected) =>
        Assert.Equal(expected, Item.FromJson(JsonElement.Parse($$"""{"id": "i", "bbox": {{bbox}} }""")).Bbox?.ToString());

    // geopython/pygeoapi#2354 sent assets as a list.
    [Fact]
    public void The_key_of_an_asset_in_a_list_is_its_index()
    {
        var item = Item.FromJson(JsonElement.Parse("""{"id": "i", "assets": [{"href": "a.tif"}, null, {"href": "b.tif"}]}"""));

        Assert.Equal(["0", "2"], item.Assets.Keys);
        Assert.Equal("b.tif", item.Assets["2"].Href);
    }

    // nasa/cmr-stac#28 sent links by what they are.
    [Fact]
    public void Links_may_be_an_object()
    {
        var item = Item.FromJson(JsonElement.Parse("""{"id": "i", "links": {"self": {"href": "x"}, "parent": {"rel": "parent", "href": "y"}, "odd": 1} }"""));

        Assert.Equal(["self x", "parent y"], item.Links.Select(link => $"{link.Rel} {link.Href}"));
    }

    [Fact]
    public void A_single_provider_can_be_given_without_a_list() =>
        Assert.Equal("ESA", Assert.Single(Collection("""{"id": "c", "providers": {"name": "ESA", "roles": "producer"} }""").Providers).Name);

    [Fact]
    public void A_dataset_whose_collections_have_no_types_is_read()
    {
        var dataset = Dataset.FromJson(JsonElement.Parse("""{"id": "d", "collections": [{"id": "a"}, {"id": "b", "types": null}, {"types": ["labels"]}, "c"]}"""), _client);

        Assert.Equal(["a", "b"], dataset.Collections.Select(collection => collection.Id));
        Assert.All(dataset.Collections, collection => Assert.Empty(collection.Types));
    }

    [Theory]
    [InlineData("71138210977")]
    [InlineData("71138210977.0")]
    [InlineData("7.1138210977e10")]
    public async Task A_size_is_a_whole_number_however_it_is_written(string size)
    {
        using var client = new FakeHub().Answers("archive/c/info", $$"""{"size": {{size}} }""").Client();

        Assert.Equal(71138210977, (await client.Archives.GetInfoAsync("c")).Size);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("1.5")]
    [InlineData("1e400")]
    [InlineData("\"12\"")]
    public async Task An_invalid_size_is_unknown(string size)
    {
        using var client = new FakeHub().Answers("archive/c/info", $$"""{"size": {{size}} }""").Client();

        var info = await client.Archives.GetInfoAsync("c");

        Assert.Null(info.Size);
        Assert.Equal("c", info.Collection);
    }

    [Fact]
    public void Parts_of_entities_round_trip()
    {
        var item = Item.FromJson(JsonElement.Parse(Json.Item("i")));
        var asset = JsonElement.Parse(Json.Item("i")).GetProperty("assets").GetProperty("B01");

        Assert.Equal(
            """{"href":"https://example.org/B01.tif","type":"image/tiff","title":null,"description":null,"roles":[],"eo:bands":[{"name":"B01","gsd":60}]}""",
            JsonSerializer.Serialize(item.Assets["B01"]));
        Assert.True(asset.TryGetProperty("eo:bands", out _));
    }

    private Collection Collection(string json) => Sdk.Collection.FromJson(JsonElement.Parse(json), _client);
}
