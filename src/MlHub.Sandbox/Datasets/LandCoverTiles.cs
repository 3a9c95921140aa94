using System.Text;
using System.Text.Json.Nodes;

namespace MlHub.Sandbox;

/// <summary>A dataset with one collection of both imagery and labels, and more items than fit on a page of 50.</summary>
internal static class LandCoverTiles
{
    private const string Id = "sandbox_landcover_tiles";
    private const string Doi = "10.5555/sandbox/landcover.v1";
    private const string Citation = "MlHub.Sdk contributors (2022) \"Sandbox Land Cover Tiles\", MlHub.Sdk sandbox. https://doi.org/" + Doi;
    private const int TileCount = 57;
    private const int TileSize = 64;

    private static readonly string[] Classes = ["road", "water", "forest", "cropland", "grassland", "bare"];

    public static SandboxDataset Create() => new()
    {
        Id = Id,
        Json = Json,
        Collections = [Collection()],
    };

    private static JsonObject Json() => new()
    {
        ["id"] = Id,
        ["bbox"] = SandboxStac.MultiPolygon([Box.Around(Enumerable.Range(0, TileCount).Select(Tile))]),
        ["citation"] = Citation,
        ["collections"] = new JsonArray(
            new JsonObject { ["id"] = Id, ["types"] = new JsonArray("source_imagery", "labels"), ["license"] = "CC-BY-SA-4.0" }),
        ["creator_contact"] = new JsonObject { ["contact"] = "sandbox@example.org", ["creator"] = "MlHub.Sdk contributors" },
        ["date_added"] = "2022-01-10T00:00:00+00:00",
        ["date_modified"] = null,
        ["description"] = "Fifty-seven small tiles of Rwanda in true colour, two thirds of them with the land cover of each pixel. Made up for the sandbox.",
        ["documentation_link"] = null,
        ["doi"] = Doi,
        ["publications"] = null,
        ["registry"] = $"https://example.org/data/{Id}",
        ["status"] = "ready",
        ["tags"] = new JsonArray("land cover", "segmentation", "sentinel-2"),
        ["title"] = "Sandbox Land Cover Tiles",
        ["tools_applications"] = new JsonArray(new JsonObject
        {
            ["url"] = "https://example.org/sandbox/tile-viewer",
            ["title"] = "Tile viewer",
            ["author_name"] = null,
            ["author_url"] = null,
        }),
        ["tutorials"] = null,
    };

    private static SandboxCollection Collection() => new()
    {
        Id = Id,
        DatasetId = Id,
        Types = ["source_imagery", "labels"],
        Title = "Sandbox Land Cover Tiles",
        Description = "True colour and land cover of small tiles; imagery and labels are assets of the same items",
        License = "CC-BY-SA-4.0",
        Extent = Box.Around(Enumerable.Range(0, TileCount).Select(Tile)),
        Start = "2021-01-04T00:00:00Z",
        End = "2021-12-27T00:00:00Z",
        Extensions = [SandboxStac.Scientific],
        Fields = () => new JsonObject { ["sci:doi"] = Doi, ["sci:citation"] = Citation, ["version"] = 1.1m },
        Items = [.. Enumerable.Range(0, TileCount).Select(Item)],
    };

    private static SandboxItem Item(int tile)
    {
        var (box, fields, week) = (Tile(tile), new FieldMosaic((uint)(5000 + tile)), tile % 52);
        var isLabelled = tile % 3 != 2;
        var image = new SandboxAsset
        {
            Key = "image",
            Suffix = ".tif",
            ContentType = "image/tiff; application=geotiff",
            Bands = ["B04", "B03", "B02"],
            Make = () => Rasters.TrueColour(fields, box, TileSize, week * 7 + 4),
        };
        var thumbnail = new SandboxAsset
        {
            Key = "thumbnail",
            Suffix = ".png",
            ContentType = "image/png",
            Roles = ["thumbnail"],
            Make = () => Rasters.Thumbnail(fields, TileSize / 4, week * 7 + 4),
        };
        var labels = SandboxAsset.GeoTiff("labels", [], () => Rasters.Classes(fields, box, TileSize)) with { Roles = ["labels", "labels-raster"] };
        return new SandboxItem
        {
            Id = $"{Id}_{tile:0000}",
            Footprint = [box],
            DateTime = new DateTime(2021, 1, 4, 0, 0, 0, DateTimeKind.Utc).AddDays(week * 7).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'"),
            Properties = () => isLabelled ? CropsKenya.Labels("raster", "land cover", Classes) : [],
            Extensions = isLabelled ? [SandboxStac.Eo, SandboxStac.Label] : [SandboxStac.Eo],
            Assets = isLabelled ? [image, labels, thumbnail, TrainSplit] : [image, thumbnail, TestSplit],
        };
    }

    private static SandboxAsset TrainSplit { get; } = Split("train_split", tile => tile % 3 != 2);

    private static SandboxAsset TestSplit { get; } = Split("test_split", tile => tile % 3 == 2);

    private static SandboxAsset Split(string key, Func<int, bool> isIn) => new()
    {
        Key = key,
        Suffix = ".csv",
        ContentType = "text/csv",
        Roles = ["metadata"],
        IsCommon = true,
        Make = () => Encoding.UTF8.GetBytes("item\n" + string.Concat(Enumerable.Range(0, TileCount).Where(isIn).Select(tile => $"{Id}_{tile:0000}\n"))),
    };

    private static Box Tile(int index) => Box.Tile(29.80m, -2.40m, 0.0064m, index % 10, index / 10);
}
