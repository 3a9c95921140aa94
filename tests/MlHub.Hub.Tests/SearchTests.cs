using System.Globalization;
using MlHub.Server;

namespace MlHub.Hub.Tests;

/// <summary>A search in the index finds what a comparison of all items finds, page by page.</summary>
public sealed class SearchTests(ManyItems many) : IClassFixture<ManyItems>
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public Task A_random_search_finds_what_a_comparison_of_all_items_finds(int seed) => RandomSearches.CheckAsync(many.Hub, many.Items, seed);

    [Theory]
    [InlineData("-180,-90,180,90")]
    [InlineData("10,10,12,12")]
    [InlineData("170,-20,-170,20")]
    public async Task Pages_lead_back_to_the_first_one(string box)
    {
        var numbers = box.Split(',').Select(number => double.Parse(number, CultureInfo.InvariantCulture)).ToArray();
        var query = new HubItemQuery { Limit = 7, Bbox = new HubBbox(numbers[0], numbers[1], numbers[2], numbers[3]) };
        var first = await many.Hub.ListItemsAsync(query, default);
        var second = await many.Hub.ListItemsAsync(query with { Token = first.NextToken }, default);
        var third = await many.Hub.ListItemsAsync(query with { Token = second.NextToken }, default);

        var back = await many.Hub.ListItemsAsync(query with { Token = third.PreviousToken }, default);
        var start = await many.Hub.ListItemsAsync(query with { Token = back.PreviousToken }, default);

        Assert.Equal(second.Items.Select(NameOf), back.Items.Select(NameOf));
        Assert.Equal(first.Items.Select(NameOf), start.Items.Select(NameOf));
        Assert.Null(start.PreviousToken);
        Assert.Equal(first.NextToken, start.NextToken);
    }

    [Fact]
    public async Task Items_are_counted_if_that_is_fast()
    {
        Assert.Equal(ManyItems.Count, (await many.Hub.ListItemsAsync(new HubItemQuery { Limit = 1 }, default)).Matched);
        var small = new HubItemQuery { Limit = 1, Bbox = new HubBbox(10, 10, 12, 12) };
        Assert.Equal(many.Items.Count(small.Matches), (await many.Hub.ListItemsAsync(small, default)).Matched);
        Assert.Null((await many.Hub.ListItemsAsync(new HubItemQuery { Limit = 1, Filter = HubItemFilter.Parse("cloud > 50") }, default)).Matched);
    }

    [Fact]
    public async Task Odd_times_places_and_ids_are_found()
    {
        await using var directory = new HubDirectory();
        directory.WriteDataset("odd", "odd_c");
        string[] ids = ["2019-06-01T00:00:00Z", "2019-06-01T02:00:00+02:00", "2019-06-01T00:00:00.0Z"];
        for (var i = 0; i < ids.Length; i++)
        {
            directory.Write($"odd/odd_c/{i}.json", HubDirectory.Item(ids[i], "odd_c"));
        }

        directory.Write("odd/odd_c/leap.json", HubDirectory.Item("leap", "odd_c").Replace("2021-03-01T00:00:00Z", "2016-12-31T23:59:60Z", StringComparison.Ordinal));
        directory.Write("odd/odd_c/nested.json", HubDirectory.Item("nested", "odd_c").Replace("\"bbox\":[34,0,35,1],", "", StringComparison.Ordinal).Replace(
            "\"geometry\":null", """
            "geometry":{"type":"GeometryCollection","geometries":[{"type":"GeometryCollection","geometries":[{"type":"Point","coordinates":[80,80]}]}]}
            """, StringComparison.Ordinal));
        directory.Write("odd/odd_c/up.json", HubDirectory.Item("up", "odd_c", ("a", "../.."), ("b", ".."), ("c", "."), ("d", "../../..")));
        var hub = await directory.OpenAsync();
        async Task<string[]> FindAsync(HubItemQuery query) => [.. (await hub.ListItemsAsync(query, default)).Items.Select(item => item.Json.GetProperty("id").GetString()!)];

        Assert.Equal(["leap"], await FindAsync(new HubItemQuery { Limit = 9, To = new DateTimeOffset(2017, 1, 1, 0, 0, 0, TimeSpan.Zero) }));
        Assert.Equal(["nested"], await FindAsync(new HubItemQuery { Limit = 9, Bbox = new HubBbox(79, 79, 81, 81) }));
        Assert.Equal(["nested"], await FindAsync(new HubItemQuery { Limit = 9, Filter = HubItemFilter.Parse("S_INTERSECTS(geometry, POINT(80 80))") }));
        Assert.Contains("up", await FindAsync(new HubItemQuery { Limit = 9 }));
        var sorted = new List<string>();
        var page = new HubItemQuery { Limit = 1, SortBy = [new HubSortField("id")] };
        for (HubItemPage? found = null; found is null || found.NextToken is not null;)
        {
            found = await hub.ListItemsAsync(page with { Token = found?.NextToken }, default);
            sorted.AddRange(found.Items.Select(item => item.Json.GetProperty("id").GetString()!));
        }

        Assert.Equal(6, sorted.Distinct().Count());
        Assert.Equal(6, sorted.Count);
        await Assert.ThrowsAsync<UnknownTokenException>(async () => await hub.ListItemsAsync(page with { Token = "prev:odd_c/up" }, default));
    }

    [Theory]
    [InlineData("x")]
    [InlineData("next:")]
    [InlineData("next:x")]
    public async Task A_token_that_is_not_from_a_page_is_refused(string token) =>
        await Assert.ThrowsAsync<UnknownTokenException>(async () => await many.Hub.ListItemsAsync(new HubItemQuery { Limit = 1, Token = token }, default));

    [Fact]
    public async Task The_item_of_the_token_of_a_sorted_page_must_exist() => await Assert.ThrowsAsync<UnknownTokenException>(async () =>
        await many.Hub.ListItemsAsync(new HubItemQuery { Limit = 1, Token = "next:c0/none", SortBy = [new HubSortField("datetime")] }, default));

    [Fact]
    public async Task A_search_ends_when_it_is_cancelled() => await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        await many.Hub.ListItemsAsync(new HubItemQuery { Limit = 1, SortBy = [new HubSortField("cloud")] }, new CancellationToken(canceled: true)));

    private static string NameOf(HubItem item) => $"{item.Json.GetProperty("collection").GetString()}/{item.Json.GetProperty("id").GetString()}";
}
