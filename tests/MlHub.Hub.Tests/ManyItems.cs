using System.Text.Json;
using MlHub.Server;

namespace MlHub.Hub.Tests;

/// <summary>A directory with more items than are compared one by one.</summary>
public class ManyItems : IAsyncLifetime, IAsyncDisposable
{
    public const int Count = 12_400;
    public static readonly DateTimeOffset Epoch = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly HubDirectory _directory = new();

    public DirectoryHub Hub { get; private set; } = null!;

    /// <summary>All items, as they are served.</summary>
    public IReadOnlyList<JsonElement> Items { get; private set; } = [];

    public virtual async Task InitializeAsync()
    {
        var random = new Random(7);
        _directory.WriteTarball(
            "many.tar.gz",
            [
                ("many/catalog.json", HubDirectory.Catalog("many")),
                .. Enumerable.Range(0, 4).Select(collection => ($"many/c{collection}/collection.json", HubDirectory.Collection($"c{collection}"))),
                .. Enumerable.Range(0, Count).Select(i => ($"many/c{i % 4}/i{i / 4:d4}/i{i / 4:d4}.json", RandomItem($"i{i / 4:d4}", $"c{i % 4}", random))),
            ]);
        Hub = await _directory.OpenAsync(new DirectoryHubOptions { IndexDatabase = await FindDatabaseAsync() });
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

    public virtual Task DisposeAsync() => ((IAsyncDisposable)this).DisposeAsync().AsTask();

    async ValueTask IAsyncDisposable.DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await _directory.DisposeAsync();
    }

    /// <summary>The database of the index. Null for a file.</summary>
    protected virtual Task<string?> FindDatabaseAsync() => Task.FromResult<string?>(null);

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
