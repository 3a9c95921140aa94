using System.Text.Json;

namespace MlHub.Sdk.Tests.Items;

public sealed class ItemTests
{
    [Fact]
    public async Task An_item_is_read()
    {
        using var client = new FakeHub().Answers("collections/crops_source/items/i", Json.Item("i", more: """, "gsd": 10""")).Client();

        var item = await client.Collections.GetItemAsync("crops_source", "i");

        Assert.Equal("crops_source", item.CollectionId);
        Assert.Equal(new DateTimeOffset(2019, 7, 21, 0, 0, 0, TimeSpan.Zero), item.DateTime);
        Assert.Equal("Polygon", item.Geometry!.GeometryType);
        Assert.Equal(4326, item.Geometry.SRID);
        Assert.Equal(10, item.Properties.GetProperty("gsd").GetInt32());
        Assert.Equal("image/tiff", item.Assets["B01"].Type);
        Assert.Equal(60, item.Assets["B01"].AdditionalFields["eo:bands"][0].GetProperty("gsd").GetInt32());
    }

    [Fact]
    public void An_item_without_a_datetime_has_an_interval()
    {
        var item = Read(Json.Item("i", null, """, "start_datetime": "2000-01-01T00:00:00Z", "end_datetime": "9999-12-31T23:59:59Z" """));

        Assert.Null(item.DateTime);
        Assert.Equal(2000, item.StartDateTime!.Value.Year);
        Assert.Equal(9999, item.EndDateTime!.Value.Year);
        Assert.Equal(new TemporalInterval(item.StartDateTime, item.EndDateTime), item.Time);
    }

    [Theory]
    [InlineData("""{"type": "Point", "coordinates": [1, 2]}""", "POINT (1 2)")]
    [InlineData("""{"type": "Point", "coordinates": [1, 2, 3]}""", "POINT Z(1 2 3)")]
    [InlineData("""{"type": "LineString", "coordinates": [[1, 2], [3, 4]]}""", "LINESTRING (1 2, 3 4)")]
    [InlineData("""{"type": "MultiPoint", "coordinates": [[1, 2], [3, 4]]}""", "MULTIPOINT ((1 2), (3 4))")]
    [InlineData("""{"type": "MultiLineString", "coordinates": [[[1, 2], [3, 4]]]}""", "MULTILINESTRING ((1 2, 3 4))")]
    [InlineData("""{"type": "Polygon", "coordinates": [[[0, 0], [0, 9], [9, 9], [0, 0]], [[1, 2], [1, 3], [2, 3], [1, 2]]]}""", "POLYGON ((0 0, 0 9, 9 9, 0 0), (1 2, 1 3, 2 3, 1 2))")]
    [InlineData("""{"type": "MultiPolygon", "coordinates": [[[[0, 0], [0, 9], [9, 9], [0, 0]]]]}""", "MULTIPOLYGON (((0 0, 0 9, 9 9, 0 0)))")]
    [InlineData("""{"type": "GeometryCollection", "geometries": [{"type": "Point", "coordinates": [1, 2]}]}""", "GEOMETRYCOLLECTION (POINT (1 2))")]
    public void Every_kind_of_geometry_is_read(string geometry, string text)
    {
        var item = Read($$"""{"type": "Feature", "id": "i", "geometry": {{geometry}}, "properties": {}, "links": [], "assets": {} }""");

        Assert.Equal(text, item.Geometry!.AsText());
    }

    [Theory]
    [InlineData("""{"type": "Polygon", "coordinates": [[[0, 0], [0, 9], [9, 9]]]}""")]
    [InlineData("""{"type": "Polygon", "coordinates": [[["a", 0]]]}""")]
    [InlineData("""{"type": "Point", "coordinates": [1]}""")]
    [InlineData("""{"type": "Point"}""")]
    [InlineData("\"Point\"")]
    [InlineData("""{"type": "Polygon", "coordinates": [[[0, 0], [0, 9], [9, 9], [0, 1e400]]]}""")]
    [InlineData("""{"type": "Polygon", "coordinates": [[[null]]]}""")]
    [InlineData("""{"type": "Blob", "coordinates": []}""")]
    [InlineData("""{"type": "Feature", "geometry": {"type": "Point", "coordinates": [1, 2]}}""")]
    public void A_geometry_that_is_invalid_is_null_and_stays_in_the_JSON(string geometry)
    {
        var json = $$"""{"type": "Feature", "id": "i", "geometry": {{geometry}}, "properties": {} }""";

        Assert.Null(Read(json).Geometry);
        Assert.Equal(json, Read(json).ToJson());
    }

    [Theory]
    [InlineData("34.25,0.2,34.26,0.21", null, true)]
    [InlineData("34.3,0.4,40,5", null, true)]
    [InlineData("34.31,0.4,40,5", null, false)]
    [InlineData("170,0,-170,1", null, false)]
    [InlineData(null, "2019-07-21T00:00:00Z", true)]
    [InlineData(null, "2019-07-20/2019-07-21", true)]
    [InlineData(null, "2019-07-21", true)]
    [InlineData(null, "2019-07-21T00:00:01Z", false)]
    [InlineData(null, "../2019-07-20", false)]
    [InlineData(null, "2019-07-22/..", false)]
    public async Task Items_are_filtered_by_place_and_time(string? bbox, string? datetime, bool found)
    {
        using var client = new FakeHub().Answers("collections/c/items", Json.Page([Json.Item("i")])).Client();
        var query = new ItemQuery
        {
            Bbox = bbox is null ? null : Bbox.Parse(bbox),
            DateTime = datetime is null ? null : TemporalInterval.Parse(datetime),
        };

        Assert.Equal(found, await client.Collections.ListItemsAsync("c", query).AnyAsync());
    }

    [Theory]
    [InlineData("1,2,3")]
    [InlineData("1,2,3,x")]
    [InlineData("1,9,3,4")]
    [InlineData("1,2,3,NaN")]
    public void An_invalid_bbox_is_a_format_exception(string text) => Assert.Throws<FormatException>(() => Bbox.Parse(text));

    [Theory]
    [InlineData("10:00")]
    [InlineData("July 2019")]
    [InlineData("2019-07-22/2019-07-21")]
    [InlineData("2019-07-21/2019-07-22/2019-07-23")]
    public void An_invalid_time_is_a_format_exception(string text) => Assert.Throws<FormatException>(() => TemporalInterval.Parse(text));

    [Fact]
    public void A_date_means_the_whole_day()
    {
        var day = TemporalInterval.Parse("2019-07-21");

        Assert.True(day.Intersects(TemporalInterval.Parse("2019-07-21T23:59:59Z")));
        Assert.False(day.Intersects(TemporalInterval.Parse("2019-07-22T00:00:00Z")));
    }

    [Fact]
    public async Task All_items_are_listed_unless_a_limit_is_given()
    {
        using var client = new FakeHub().Answers("collections/c/items", Json.Page(Enumerable.Range(0, 12).Select(i => Json.Item($"{i}")))).Client();

        Assert.Equal(12, await client.Collections.ListItemsAsync("c").CountAsync());
        Assert.Equal(12, await client.Collections.ListItemsAsync("c", new ItemQuery()).CountAsync());
        Assert.Equal(10, await client.Collections.ListItemsAsync("c", new ItemQuery { Limit = 10 }).CountAsync());
        Assert.Equal(0, await client.Collections.ListItemsAsync("c", new ItemQuery { Limit = 0 }).CountAsync());
        Assert.Throws<ArgumentOutOfRangeException>(() => client.Collections.ListItemsAsync("c", new ItemQuery { Limit = -1 }));
    }

    private static Item Read(string json)
    {
        using var document = JsonDocument.Parse(json);
        return Item.FromJson(document.RootElement);
    }
}
