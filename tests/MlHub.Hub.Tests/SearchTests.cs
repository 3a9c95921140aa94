using System.Globalization;
using System.Text.Json;
using MlHub.Server;

namespace MlHub.Hub.Tests;

/// <summary>A search in the index finds what a comparison of all items finds, page by page.</summary>
public sealed class SearchTests(SearchTests.ManyItems many) : IClassFixture<SearchTests.ManyItems>
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task A_random_search_finds_what_a_comparison_of_all_items_finds(int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < 30; i++)
        {
            var query = RandomQuery(random);
            var expected = HubItemPage.Of(many.Items, query with { Limit = int.MaxValue }).Items.Select(NameOf).ToList();
            Assert.Equal(expected, await WalkAsync(query));
        }
    }

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

    private async Task<List<string>> WalkAsync(HubItemQuery query)
    {
        var names = new List<string>();
        do
        {
            var page = await many.Hub.ListItemsAsync(query, default);
            Assert.InRange(page.Items.Count, 0, query.Limit);
            names.AddRange(page.Items.Select(NameOf));
            query = query with { Token = page.NextToken };
        }
        while (query.Token is not null);
        return names;
    }

    private static HubItemQuery RandomQuery(Random random)
    {
        var from = ManyItems.Epoch.AddDays(random.Next(400)).AddSeconds(random.Next(3));
        return new HubItemQuery
        {
            Limit = random.Next(4) == 0 ? 370 : 2500,
            Collections = random.Next(3) switch { 0 => [], 1 => [$"c{random.Next(4)}"], _ => ["c2", "c0", "none"] },
            Ids = random.Next(6) == 0 ? [.. Enumerable.Range(0, 5).Select(_ => $"i{random.Next(200):d4}")] : [],
            Bbox = random.Next(2) == 0 ? RandomBox(random) : null,
            From = random.Next(3) == 0 ? from : null,
            To = random.Next(3) == 0 ? from.AddDays(random.Next(30)) : null,
            Extensions = random.Next(8) == 0 ? ["eo"] : [],
            Filter = random.Next(4) == 0 ? HubItemFilter.Parse(random.Next(3) switch { 0 => $"cloud < {random.Next(100)}", 1 => "cloud IS NULL", _ => "S_INTERSECTS(geometry, BBOX(-20,-20,20,20))" }) : null,
            SortBy = random.Next(5) switch
            {
                0 => [new HubSortField("datetime", Descending: true)],
                1 => [new HubSortField("properties.cloud"), new HubSortField("id", Descending: true)],
                _ => [],
            },
        };
    }

    private static HubBbox RandomBox(Random random)
    {
        var (width, height) = random.Next(3) switch { 0 => (4.0, 4.0), 1 => (60.0, 40.0), _ => (300.0, 160.0) };
        var west = Math.Round(random.NextDouble() * 360 - 180, 1);
        var south = Math.Round(random.NextDouble() * (180 - height) - 90, 1);
        var east = west + width;
        return new HubBbox(west, south, east > 180 ? east - 360 : east, south + height);
    }

    private static string NameOf(HubItem item) => NameOf(item.Json);

    private static string NameOf(JsonElement item) => $"{item.GetProperty("collection").GetString()}/{item.GetProperty("id").GetString()}";

    /// <summary>A directory with more items than are compared one by one.</summary>
    public sealed class ManyItems : IAsyncLifetime, IAsyncDisposable
    {
        public const int Count = 12_400;
        public static readonly DateTimeOffset Epoch = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);

        private readonly HubDirectory _directory = new();

        public DirectoryHub Hub { get; private set; } = null!;

        /// <summary>All items, as they are served.</summary>
        public IReadOnlyList<JsonElement> Items { get; private set; } = [];

        public async Task InitializeAsync()
        {
            var random = new Random(7);
            _directory.WriteTarball(
                "many.tar.gz",
                [
                    ("many/catalog.json", HubDirectory.Catalog("many")),
                    .. Enumerable.Range(0, 4).Select(collection => ($"many/c{collection}/collection.json", HubDirectory.Collection($"c{collection}"))),
                    .. Enumerable.Range(0, Count).Select(i => ($"many/c{i % 4}/i{i / 4:d4}/i{i / 4:d4}.json", RandomItem($"i{i / 4:d4}", $"c{i % 4}", random))),
                ]);
            Hub = await _directory.OpenAsync();
            var items = new List<JsonElement>();
            var query = new HubItemQuery { Limit = 10_000 };
            do
            {
                var page = await Hub.ListItemsAsync(query, default);
                items.AddRange(page.Items.Select(item => item.Json));
                query = query with { Token = page.NextToken };
            }
            while (query.Token is not null);
            Items = items;
            Assert.Equal(Count, items.Count);
        }

        public Task DisposeAsync() => ((IAsyncDisposable)this).DisposeAsync().AsTask();

        ValueTask IAsyncDisposable.DisposeAsync() => _directory.DisposeAsync();

        // Some items lack a box, a time or a property, some cross the antimeridian, and some have an interval.
        private static string RandomItem(string id, string collection, Random random)
        {
            var (west, south) = (Math.Round(random.NextDouble() * 360 - 180, 4), Math.Round(random.NextDouble() * 170 - 90, 4));
            var (east, north) = (west + random.Next(1, 40) / 4.0, Math.Min(90, south + random.Next(1, 20) / 4.0));
            double[] box = [west, south, east > 180 ? east - 360 : east, north];
            var time = Epoch.AddDays(random.Next(400)).AddSeconds(random.Next(3)).AddTicks(random.Next(3));
            var properties = new Dictionary<string, object?> { ["datetime"] = time };
            switch (random.Next(10))
            {
                case 0:
                    properties["datetime"] = null;
                    break;
                case 1:
                    properties["datetime"] = null;
                    properties["start_datetime"] = time;
                    properties["end_datetime"] = time.AddDays(random.Next(40));
                    break;
                default:
                    break;
            }

            if (random.Next(3) > 0)
            {
                properties["cloud"] = random.Next(100);
            }

            var shape = box[0] <= box[2] ? new { type = "Polygon", coordinates = new[] { new double[][] { [west, south], [east, south], [east, north], [west, north], [west, south] } } } : null;
            var item = new Dictionary<string, object?>
            {
                ["type"] = "Feature",
                ["stac_version"] = "1.0.0",
                ["stac_extensions"] = random.Next(4) == 0 ? new[] { "https://stac-extensions.github.io/eo/v1.0.0/schema.json" } : [],
                ["id"] = id,
                ["collection"] = collection,
                ["geometry"] = random.Next(10) == 0 ? null : shape,
                ["properties"] = properties,
                ["links"] = Array.Empty<object>(),
                ["assets"] = new Dictionary<string, object>(),
            };
            if (random.Next(8) > 0)
            {
                item["bbox"] = box;
            }

            return JsonSerializer.Serialize(item);
        }
    }
}
