using System.Text.Json.Nodes;

namespace MlHub.Sandbox;

/// <summary>A dataset that is still growing: an interval without end, a collection without a title, and one without items or archive.</summary>
internal static class StormsPacific
{
    private const string Id = "sandbox_storms_pacific";
    private const string EndOfTime = "9999-12-31T23:59:59Z";

    private static readonly (string Name, string Start, string? End, int Wind)[] Storms =
    [
        ("ulani", "2022-03-02T06:00:00Z", null, 85),
        ("teva", "2022-02-11T00:00:00Z", "2022-02-16T18:00:00Z", 110),
        ("sina", "2021-12-20T12:00:00Z", "2021-12-24T06:00:00Z", 65),
        ("rua", "2021-11-28T00:00:00Z", "2021-12-01T12:00:00Z", 95),
    ];

    public static SandboxDataset Create() => new()
    {
        Id = Id,
        Json = Json,
        Collections = [Imagery(), Forecast()],
    };

    private static JsonObject Json() => new()
    {
        ["id"] = Id,
        ["bbox"] = null,
        ["citation"] = "MlHub.Sdk contributors (2022) \"Sandbox Storms, Pacific\"",
        ["collections"] = new JsonArray(
            new JsonObject { ["id"] = $"{Id}_imagery", ["types"] = new JsonArray("source_imagery"), ["license"] = "CC-BY-4.0" },
            new JsonObject { ["id"] = $"{Id}_forecast", ["types"] = new JsonArray("labels"), ["license"] = "CC-BY-4.0" }),
        ["creator_contact"] = new JsonObject { ["contact"] = "sandbox@example.org", ["creator"] = "MlHub.Sdk contributors" },
        ["date_added"] = "2021-12-01T00:00:00+00:00",
        ["date_modified"] = null,
        ["description"] = "Storms over the western Pacific since November 2021, added as they come; forecasts are announced. Made up for the sandbox.",
        ["documentation_link"] = null,
        ["doi"] = null,
        ["publications"] = null,
        ["registry"] = $"https://example.org/data/{Id}",
        ["status"] = "in progress",
        ["tags"] = new JsonArray("storm", "regression"),
        ["title"] = "Sandbox Storms, Pacific",
        ["tools_applications"] = null,
        ["tutorials"] = null,
    };

    // The real service had null titles, although STAC does not allow them. Clients must accept them.
    private static SandboxCollection Imagery() => new()
    {
        Id = $"{Id}_imagery",
        DatasetId = Id,
        Types = ["source_imagery"],
        Title = null,
        Description = "Brightness of storms as a geostationary satellite would see it",
        License = "CC-BY-4.0",
        Extent = new Box(140m, -20m, 172m, 20m),
        Start = "2021-11-28T00:00:00Z",
        End = null,
        Items = [.. Storms.Select((storm, index) => Item(index, storm.Name, storm.Start, storm.End, storm.Wind))],
    };

    private static SandboxCollection Forecast() => new()
    {
        Id = $"{Id}_forecast",
        DatasetId = Id,
        Types = ["labels"],
        Title = "Sandbox Storms, Pacific: forecast",
        Description = "Wind speed a day ahead; announced, still without items",
        License = "CC-BY-4.0",
        Extent = new Box(140m, -20m, 172m, 20m),
        Start = "2022-01-01T00:00:00Z",
        End = null,
        HasArchive = false,
    };

    private static SandboxItem Item(int index, string name, string start, string? end, int wind)
    {
        var box = new Box(144m + index * 6, -18m + index * 8, 154m + index * 6, -8m + index * 8);
        var fields = new FieldMosaic((uint)(300 + index));
        return new SandboxItem
        {
            Id = $"{Id}_{name}",
            Footprint = [box],
            Start = start,
            End = end ?? EndOfTime,
            Properties = () => new JsonObject { ["title"] = null, ["storm:name"] = name, ["storm:wind_speed_kn"] = wind },
            Assets = [SandboxAsset.GeoTiff("brightness", [], () => Rasters.Band(fields, box, 3, 30 + index))],
        };
    }
}
