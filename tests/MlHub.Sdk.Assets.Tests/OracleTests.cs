using System.Globalization;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Xunit;

namespace MlHub.Sdk.Assets.Tests;

/// <summary>For random catalogues and filters, the selection is the one that a naive test of each asset makes.</summary>
public sealed class OracleTests
{
    private static readonly string[] Keys = ["B02", "B03", "label"];
    private static readonly string[] Roles = ["data", "labels"];
    private static readonly string[] Types = ["image/tiff", "image/png", "text/csv"];

    [Property(MaxTest = 300)]
    public async Task The_selection_is_that_of_a_naive_filter(DoNotSize<int> seed)
    {
        var random = new Random(seed.Item);
        var items = Enumerable.Range(0, random.Next(1, 12)).Select(number => RandomItem(random, number)).ToArray();
        var query = RandomQuery(random);
        var catalogue = new Catalogue().AddCollection("c0", "legend");
        foreach (var item in items)
        {
            catalogue.AddItem(item.Collection, item.Id, item.Keys, item.Describe);
        }

        var selected = await SelectAsync(new FakeHub(catalogue), query);

        var expected = items.Where(query.Keeps).SelectMany(item => item.Keys.Where(key => query.Keeps(item, key)).Select(key => $"{item.Collection}/{item.Id}/{key}"))
            .Concat(query.KeepsLegend ? ["c0//legend"] : []);
        Assert.Equal(expected.Order(StringComparer.Ordinal), selected.Order(StringComparer.Ordinal));
    }

    private static async Task<string[]> SelectAsync(FakeHub hub, Query query)
    {
        try
        {
            return [.. (await hub.Dataset().ListAssetsAsync(new DatasetAssetsOptions { Filter = query.Filter }).ToListAsync()).Select(asset => $"{asset.CollectionId}/{asset.ItemId}/{asset.Key}")];
        }
        catch (NoAssetsSelectedException)
        {
            return [];
        }
    }

    private static RandomItemData RandomItem(Random random, int number) => new(
        $"c{random.Next(3)}",
        $"i{number}",
        [.. Keys.Where(_ => random.Next(3) > 0)],
        Roles[random.Next(2)],
        Types[random.Next(3)],
        RandomPlace(random),
        random.Next(4) == 0 ? null : RandomPlace(random),
        RandomTime(random));

    // Few different numbers, so that boxes often touch.
    private static Rectangle RandomPlace(Random random)
    {
        var (west, south) = (random.Next(-18, 18) * 10, random.Next(-8, 8) * 10);
        var (width, height) = (random.Next(0, 5) * 10, random.Next(0, 3) * 10);
        return new Rectangle(west, south, west + width, south + height);
    }

    private static (DateTime? Start, DateTime? End)? RandomTime(Random random)
    {
        var start = new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddDays(random.Next(10));
        return random.Next(5) switch
        {
            0 => null,
            1 => (start, start.AddDays(random.Next(5))),
            2 => (start, null),
            3 => (null, start),
            _ => (start, start),
        };
    }

    private static Query RandomQuery(Random random) => new(
        random.Next(3) == 0 ? $"c{random.Next(3)}*" : null,
        random.Next(3) == 0 ? (random.Next(2) == 0 ? "B*" : "*l") : null,
        random.Next(4) == 0 ? Roles[random.Next(2)] : null,
        random.Next(4) == 0 ? "image/*" : null,
        random.Next(2) == 0 ? RandomPlace(random) : null,
        random.Next(2) == 0 ? RandomPlace(random) : null,
        random.Next(2) == 0 ? SpatialTest.Bbox : SpatialTest.Geometry,
        random.Next(2) == 0 ? RandomTime(random) : null);

    private static JsonArray Ring(Rectangle box) => new(
        new JsonArray(box.West, box.South), new JsonArray(box.East, box.South), new JsonArray(box.East, box.North), new JsonArray(box.West, box.North), new JsonArray(box.West, box.South));

    private static string Text(DateTime time) => time.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>A rectangle whose east may lie beyond 180 degrees.</summary>
    private sealed record Rectangle(int West, int South, int East, int North)
    {
        // The same place has several longitudes, 360 degrees apart.
        public bool Touches(Rectangle other) =>
            South <= other.North && other.South <= North && new[] { -360, 0, 360 }.Any(turn => West + turn <= other.East && other.West <= East + turn);
    }

    private sealed record RandomItemData(
        string Collection, string Id, string[] Keys, string Role, string Type, Rectangle Area, Rectangle? Box, (DateTime? Start, DateTime? End)? Time)
    {
        public void Describe(JsonObject json)
        {
            json["geometry"] = Geometry();

            // A box that crosses the antimeridian has its west east of its east (RFC 7946 §5.2).
            json["bbox"] = Box is null ? null : new JsonArray(Box.West, Box.South, Box.East > 180 ? Box.East - 360 : Box.East, Box.North);
            json["properties"] = Time switch
            {
                null => new JsonObject { ["datetime"] = null },
                { Start: { } start, End: { } end } when start == end => new JsonObject { ["datetime"] = Text(start) },
                var (start, end) => new JsonObject { ["datetime"] = null, ["start_datetime"] = start is { } from ? Text(from) : null, ["end_datetime"] = end is { } to ? Text(to) : null },
            };
            foreach (var (_, asset) in json["assets"]!.AsObject())
            {
                asset!["roles"] = new JsonArray(Role);
                asset["type"] = $"{Type}; test=yes";
            }
        }

        // A geometry that crosses the antimeridian is split there (RFC 7946 §3.1.9).
        private JsonObject Geometry() => Area.West == Area.East && Area.South == Area.North ? new JsonObject { ["type"] = "Point", ["coordinates"] = new JsonArray(Area.West, Area.South) }
            : Area.West == Area.East || Area.South == Area.North ? new JsonObject
            {
                ["type"] = "LineString",
                ["coordinates"] = new JsonArray(new JsonArray(Area.West, Area.South), new JsonArray(Area.East, Area.North)),
            }
            : Area.East <= 180 ? new JsonObject { ["type"] = "Polygon", ["coordinates"] = new JsonArray(Ring(Area)) }
            : new JsonObject
            {
                ["type"] = "MultiPolygon",
                ["coordinates"] = new JsonArray(
                    new JsonArray(Ring(Area with { East = 180 })), new JsonArray(Ring(Area with { West = -180, East = Area.East - 360 }))),
            };
    }

    private sealed record Query(
        string? Collection, string? Key, string? Role, string? Type, Rectangle? Box, Rectangle? Area, SpatialTest Spatial, (DateTime? Start, DateTime? End)? Time)
    {
        public AssetFilter Filter => new()
        {
            Collections = Collection is null ? new Dictionary<string, IReadOnlyList<string>>() : new Dictionary<string, IReadOnlyList<string>> { [Collection] = [] },
            Keys = Key is null ? [] : [Key],
            Roles = Role is null ? [] : [Role],
            MediaTypes = Type is null ? [] : [Type],
            Bbox = Box is null ? null : new Bbox(Box.West, Box.South, Box.East > 180 ? Box.East - 360 : Box.East, Box.North),
            Intersects = Area is null ? null : AssetFilter.ReadGeoJson(new JsonObject { ["type"] = "Polygon", ["coordinates"] = new JsonArray(Ring(Widened!)) }.ToJsonString()),
            Spatial = Spatial,
            DateTime = Time is { } time ? new TemporalInterval(time.Start, time.End) : null,
        };

        // It is a TIFF of the collection c0, and has no role, place or time.
        public bool KeepsLegend => Collection is null or "c0*" && Key is null && Role is null;

        private Rectangle? Widened => Area is null ? null : Area with { East = Math.Max(Area.East, Area.West + 1), North = Math.Max(Area.North, Area.South + 1) };

        public bool Keeps(RandomItemData item) =>
            (Collection is null || item.Collection == Collection[..2])
            && (Box is null || Box.Touches(item.Box ?? item.Area))
            && (Widened is null || Widened.Touches(Spatial == SpatialTest.Bbox ? item.Box ?? item.Area : item.Area))
            && (Time is null || (item.Time is { } time && !(time.Start > (Time.Value.End ?? DateTime.MaxValue)) && !(time.End < (Time.Value.Start ?? DateTime.MinValue))));

        public bool Keeps(RandomItemData item, string key) =>
            (Key is null || (Key == "B*" ? key[0] == 'B' : key[^1] == 'l')) && (Role is null || item.Role == Role) && (Type is null || item.Type.StartsWith("image/", StringComparison.Ordinal));
    }
}
