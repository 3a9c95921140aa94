using System.Text.Json;
using MlHub.Sdk.Tests.Downloads;

namespace MlHub.Sdk.Tests.Items;

/// <summary>A filter loses no item silently: what it cannot judge by is replaced, or the items are counted.</summary>
public sealed class ItemFilterTests
{
    private const string Square = """{"type": "Polygon", "coordinates": [[[10, 10], [12, 10], [12, 12], [10, 12], [10, 10]]]}""";

    // stac-utils/stac-check#104
    [Theory]
    [InlineData(null, Square, "11,11,13,13", true)]
    [InlineData(null, Square, "13,13,14,14", false)]
    [InlineData("null", Square, "11,11,13,13", true)]
    [InlineData("[]", Square, "11,11,13,13", true)]
    [InlineData("[10, 12, 12, 10]", Square, "11,11,13,13", true)]
    [InlineData("[300000, 4000000, 400000, 4100000]", Square, "11,11,13,13", true)]
    [InlineData("[0, 0, 1, 1]", Square, "11,11,13,13", false)]
    [InlineData("[10, 10, 0, 12, 12, 900]", "null", "11,11,13,13", true)]
    public async Task The_geometry_is_used_if_there_is_no_box_in_degrees(string? bbox, string geometry, string query, bool found) =>
        Assert.Equal(found, await IsFoundAsync(bbox, geometry, query));

    [Theory]
    [InlineData("""{"type": "Polygon", "coordinates": [[[10, 10], [12, 10], [12, 12], [10, 12]]]}""")]
    [InlineData("""{"type": "GeometryCollection", "geometries": [{"type": "Point", "coordinates": [10, 10, 5]}, {"type": "Point", "coordinates": [12, 12]}, null]}""")]
    [InlineData("""{"coordinates": [[10, 10], [null, 1], [12, 12]]}""")]
    public async Task A_geometry_need_not_be_valid_to_have_a_box(string geometry) => Assert.True(await IsFoundAsync(null, geometry, "11,11,13,13"));

    [Theory]
    [InlineData("[170, -20, 190, -10]", "-175,-15,-174,-14", true)]
    [InlineData("[170, -20, 190, -10]", "-165,-15,-164,-14", false)]
    [InlineData("[-190, -20, -170, -10]", "175,-15,176,-14", true)]
    [InlineData("[350, -20, 370, -10]", "5,-15,6,-14", true)]
    [InlineData("[200, -20, 220, -10]", "-150,-15,-149,-14", true)]
    [InlineData("[0, -20, 360, -10]", "-150,-15,-149,-14", true)]
    [InlineData("[170, -20, -170, -10]", "175,-15,176,-14", true)]
    [InlineData("[0, -90.0000001, 10, 90.0000001]", "5,89,6,90", true)]
    public async Task Longitudes_beyond_180_wrap_around(string bbox, string query, bool found) => Assert.Equal(found, await IsFoundAsync(bbox, "null", query));

    [Fact]
    public async Task A_geometry_that_may_cross_the_antimeridian_is_not_filtered_out() =>
        Assert.True(await IsFoundAsync(null, """{"type": "Polygon", "coordinates": [[[179, 0], [-179, 0], [-179, 2], [179, 2], [179, 0]]]}""", "179.5,1,180,2"));

    [Fact]
    public async Task Items_without_a_place_are_left_out_and_counted()
    {
        using var log = new CollectedLog();
        string[] items = [Item("1", null, Square), Item("2", null, "null"), Item("3", "[1, 2]", """{"type": "Point", "coordinates": []}"""), Item("4", "[500000, 5000000, 600000, 5100000]", "null")];
        using var client = new FakeHub().Answers("collections/c/items", Json.Page(items)).Client(change: settings => settings.Loggers = log);

        var found = await client.Collections.ListItemsAsync("c", new ItemQuery { Bbox = Bbox.Parse("11,11,13,13") }).ToListAsync();

        Assert.Equal(["1"], found.Select(item => item.Id));
        Assert.Equal("3 of 4 items have neither a bbox nor a geometry in degrees. They were left out, because it is unknown whether they intersect the box.", Assert.Single(log.Messages));
    }

    [Fact]
    public async Task Items_without_a_time_are_left_out_and_counted()
    {
        using var log = new CollectedLog();
        string[] items = [Json.Item("1"), Json.Item("2", null), Json.Item("3", "yesterday"), Json.Item("4", null, """, "start_datetime": "2019-08-01", "end_datetime": "2019-07-01" """)];
        using var client = new FakeHub().Answers("collections/c/items", Json.Page(items)).Client(change: settings => settings.Loggers = log);

        var found = await client.Collections.ListItemsAsync("c", new ItemQuery { DateTime = TemporalInterval.Parse("2019-07-21") }).ToListAsync();

        Assert.Equal(["1", "4"], found.Select(item => item.Id));
        Assert.Equal("2 of 4 items have no valid time. They were left out, because it is unknown whether they are in the interval.", Assert.Single(log.Messages));
    }

    [Fact]
    public async Task Omitted_items_are_reported_even_if_the_caller_stops_early()
    {
        using var log = new CollectedLog();
        using var client = new FakeHub().Answers("collections/c/items", Json.Page([Item("1", null, "null"), Item("2", null, Square)])).Client(change: settings => settings.Loggers = log);

        await client.Collections.ListItemsAsync("c", new ItemQuery { Bbox = Bbox.Parse("11,11,13,13"), Limit = 1 }).CountAsync();

        Assert.StartsWith("1 of 2 items", Assert.Single(log.Messages), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_filter_every_item_is_listed_without_a_warning()
    {
        using var log = new CollectedLog();
        using var client = new FakeHub().Answers("collections/c/items", Json.Page([Item("1", null, "null"), Json.Item("2", "")])).Client(change: settings => settings.Loggers = log);

        Assert.Equal(2, await client.Collections.ListItemsAsync("c").CountAsync());
        Assert.Empty(log.Messages);
    }

    private static async Task<bool> IsFoundAsync(string? bbox, string geometry, string query)
    {
        using var client = new FakeHub().Answers("collections/c/items", Json.Page([Item("i", bbox, geometry)])).Client();
        return await client.Collections.ListItemsAsync("c", new ItemQuery { Bbox = Bbox.Parse(query) }).AnyAsync();
    }

    private static string Item(string id, string? bbox, string geometry) =>
        $$"""{"type": "Feature", "id": {{JsonSerializer.Serialize(id)}}{{(bbox is null ? "" : $", \"bbox\": {bbox}")}}, "geometry": {{geometry}}, "properties": {} }""";
}
