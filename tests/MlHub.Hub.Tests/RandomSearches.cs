using System.Text.Json;
using MlHub.Server;

namespace MlHub.Hub.Tests;

/// <summary>Compares the answers to random searches with a comparison of all items.</summary>
internal static class RandomSearches
{
    private const int Searches = 30;

    /// <summary>Searches, page by page.</summary>
    /// <param name="hub">The hub.</param>
    /// <param name="items">All its items.</param>
    /// <param name="seed">Where the random numbers begin.</param>
    public static async Task CheckAsync(IHub hub, IReadOnlyList<JsonElement> items, int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < Searches; i++)
        {
            var query = RandomQuery(random);
            var expected = HubItemPage.Of(items, query with { Limit = int.MaxValue }).Items.Select(NameOf).ToList();
            Assert.Equal(expected, await WalkAsync(hub, query));
        }
    }

    private static async Task<List<string>> WalkAsync(IHub hub, HubItemQuery query)
    {
        var names = new List<string>();
        do
        {
            var page = await hub.ListItemsAsync(query, default);
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
}
