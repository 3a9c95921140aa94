using System.Text;
using System.Text.Json.Nodes;

namespace MlHub.Sandbox;

/// <summary>A dataset that lists one collection twice, once for each of its types, and whose catalogue was packed on a Mac.</summary>
internal static class FloodBangladesh
{
    private const string Id = "sandbox_flood_bangladesh";
    private const int SceneCount = 12;

    public static SandboxDataset Create() => new()
    {
        Id = Id,
        Json = Json,
        Collections = [Scenes(), Gauges()],
        CatalogId = "flood-bangladesh",
        PackedOnMac = true,
    };

    private static JsonObject Json() => new()
    {
        ["id"] = Id,
        ["bbox"] = SandboxStac.MultiPolygon([District(0), District(1)]),
        ["citation"] = null,
        ["collections"] = new JsonArray(
            new JsonObject { ["id"] = Id, ["types"] = new JsonArray("source_imagery"), ["license"] = "CC-BY-4.0" },
            new JsonObject { ["id"] = Id, ["types"] = new JsonArray("labels"), ["license"] = "CC-BY-4.0" },
            new JsonObject { ["id"] = $"{Id}_gauges", ["types"] = new JsonArray("labels"), ["license"] = "CC0-1.0" }),
        ["creator_contact"] = new JsonObject { ["contact"] = "sandbox@example.org", ["creator"] = "MlHub.Sdk contributors" },
        ["date_added"] = "2021-11-02T09:30:00+00:00",
        ["date_modified"] = "2021-11-02T09:30:00+00:00",
        ["description"] = "Radar scenes of two districts on the Jamuna before, during and after a flood, with the flooded area — মানচিত্র — of each. Made up for the sandbox.",
        ["documentation_link"] = "https://example.org/sandbox/flood-bangladesh.pdf",
        ["doi"] = null,
        ["publications"] = new JsonArray(new JsonObject
        {
            ["url"] = "https://example.org/sandbox/floods.pdf",
            ["title"] = "Floods without rain",
            ["author_name"] = null,
            ["author_url"] = null,
        }),
        ["registry"] = $"https://example.org/data/{Id}",
        ["status"] = "ready",
        ["tags"] = new JsonArray("flood", "segmentation", "sentinel-1"),
        ["title"] = "Sandbox Flood Extent, Bangladesh",
        ["tools_applications"] = null,
        ["tutorials"] = null,
    };

    private static SandboxCollection Scenes() => new()
    {
        Id = Id,
        DatasetId = Id,
        Types = ["source_imagery", "labels"],
        Title = "Sandbox Flood Extent, Bangladesh",
        Description = "Sentinel-1 backscatter of two districts at once, and where there is water",
        License = "CC-BY-4.0",
        Extent = Box.Around([District(0), District(1)]),
        Start = "2020-05-01T00:04:11Z",
        End = "2020-10-06T00:04:11Z",
        Items = [.. Enumerable.Range(0, SceneCount).Reverse().Select(Scene)],
        Assets = [Legend],
    };

    private static SandboxCollection Gauges() => new()
    {
        Id = $"{Id}_gauges",
        DatasetId = Id,
        Types = ["labels"],
        Title = "Sandbox Flood Extent, Bangladesh: river gauges",
        Description = "Daily water levels at one gauge in each district",
        License = "CC0-1.0",
        Extent = Box.Around([District(0), District(1)]),
        Start = "2020-05-01T00:00:00Z",
        End = "2020-10-31T23:59:59Z",
        Items = [Gauge(0), Gauge(1)],
    };

    private static SandboxItem Scene(int index)
    {
        var day = new DateTime(2020, 5, 1, 0, 4, 11, DateTimeKind.Utc).AddDays(index * 12 + (index > 6 ? 26 : 0));
        var fields = new FieldMosaic((uint)(880 + index / 4));
        var box = Box.Around([District(0), District(1)]);
        return new SandboxItem
        {
            Id = $"{Id}_{day:yyyyMMdd}",
            Footprint = [District(0), District(1)],
            DateTime = day.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'"),
            Properties = () => new JsonObject
            {
                ["platform"] = "Sentinel-1",
                ["sar:instrument_mode"] = "IW",
                ["sar:frequency_band"] = "C",
                ["sar:polarizations"] = new JsonArray("VV", "VH"),
                ["sar:product_type"] = "GRD",
            },
            Extensions = [SandboxStac.Sar],
            Assets =
            [
                SandboxAsset.GeoTiff("VV", [], () => Rasters.Radar(fields, box, 0, day.DayOfYear)),
                SandboxAsset.GeoTiff("VH", [], () => Rasters.Radar(fields, box, 1, day.DayOfYear)),
                SandboxAsset.GeoTiff("flooded", [], () => Rasters.Water(fields, box, 128)) with { Roles = ["labels", "labels-raster"] },
            ],
        };
    }

    private static SandboxItem Gauge(int district)
    {
        var box = District(district);
        return new SandboxItem
        {
            Id = $"{Id}_gauge_{district + 1}",
            Footprint = [box],
            Start = "2020-05-01T00:00:00Z",
            End = "2020-10-31T23:59:59Z",
            Properties = () => new JsonObject { ["title"] = $"Gauge {district + 1}" },
            Assets =
            [
                new SandboxAsset
                {
                    Key = "levels",
                    Suffix = ".csv",
                    ContentType = "text/csv",
                    Title = "Water level in centimetres, day by day",
                    Roles = ["data", "labels"],
                    Make = () => Levels(district),
                },
            ],
        };
    }

    // The flood rises from June, is highest in late July, and falls until October.
    private static byte[] Levels(int district)
    {
        var csv = new StringBuilder("date,level_cm\n");
        for (var day = new DateOnly(2020, 5, 1); day <= new DateOnly(2020, 10, 31); day = day.AddDays(1))
        {
            csv.Append(day.ToString("yyyy-MM-dd")).Append(',').Append(400 + district * 35 + Math.Max(0, 420 - Math.Abs(day.DayOfYear - 207) * 7)).Append('\n');
        }

        return Encoding.UTF8.GetBytes(csv.ToString());
    }

    private static SandboxAsset Legend { get; } = new()
    {
        Key = "legend",
        Suffix = ".csv",
        ContentType = "text/csv",
        Title = "What the values of `flooded` mean",
        Roles = ["metadata"],
        Make = () => "value,meaning\n0,dry\n1,flooded\n"u8.ToArray(),
    };

    private static Box District(int index) => index == 0 ? new Box(89.55m, 24.70m, 89.75m, 24.90m) : new Box(89.80m, 25.05m, 90.00m, 25.25m);
}
