using System.Text;
using System.Text.Json.Nodes;

namespace MlHub.Sandbox;

/// <summary>The dataset for first steps: optical and radar imagery of eight tiles, and their labels, in three archives of a few MiB.</summary>
internal static class CropsKenya
{
    private const string Id = SandboxHub.FirstDatasetId;
    private const string Doi = "10.5555/sandbox.crops.kenya";
    private const string Citation = "MlHub.Sdk contributors (2021) \"Sandbox Crop Types, Kenya\", Version 1.0, MlHub.Sdk sandbox. https://doi.org/" + Doi;
    private const string License = "CC-BY-4.0";
    private const int TileCount = 8;

    private static readonly string[] Crops = ["path", "water", "maize", "cassava", "bean", "fallow"];
    private static readonly string[] OpticalDays = ["2019-06-06", "2019-07-21", "2019-09-04"];
    private static readonly string[] RadarDays = ["2019-06-08", "2019-07-20", "2019-09-06"];
    private static readonly Box Extent = Box.Around(Enumerable.Range(0, TileCount).Select(Tile));

    public static SandboxDataset Create() => new()
    {
        Id = Id,
        Json = Json,
        Collections = [Optical(), Radar(), Labels()],
    };

    private static JsonObject Json() => new()
    {
        ["id"] = Id,
        ["bbox"] = SandboxStac.MultiPolygon([Extent]),
        ["citation"] = Citation,
        ["collections"] = new JsonArray(
            Descriptor($"{Id}_s2", "source_imagery"), Descriptor($"{Id}_s1", "source_imagery"), Descriptor($"{Id}_labels", "labels")),
        ["creator_contact"] = new JsonObject { ["contact"] = "sandbox@example.org", ["creator"] = "[MlHub.Sdk contributors](https://example.org/)" },
        ["date_added"] = "2021-03-01T00:00:00+00:00",
        ["date_modified"] = "2022-05-17T14:03:21.482915+00:00",
        ["description"] = "Crop types of eight tiles of smallholder fields in western Kenya, with Sentinel-2 and Sentinel-1 imagery of three dates in 2019. "
            + "Every pixel is made up: this dataset is part of the sandbox of MlHub.Sdk.",
        ["documentation_link"] = "https://example.org/sandbox/crops-kenya.pdf",
        ["doi"] = Doi,
        ["publications"] = new JsonArray(new JsonObject
        {
            ["url"] = "https://example.org/sandbox/crops-kenya-paper.pdf",
            ["title"] = "Mapping crops that nobody ever planted",
            ["author_name"] = "A. Author",
            ["author_url"] = "https://example.org/author",
        }),
        ["registry"] = $"https://example.org/data/{Id}",
        ["status"] = "ready",
        ["tags"] = new JsonArray("crop type", "segmentation", "sentinel-1", "sentinel-2", "agriculture"),
        ["title"] = "Sandbox Crop Types, Kenya",
        ["tools_applications"] = null,
        ["tutorials"] = new JsonArray(new JsonObject
        {
            ["url"] = "https://example.org/sandbox/first-steps.ipynb",
            ["title"] = "First steps with the sandbox",
            ["author_name"] = "A. Author",
            ["author_url"] = "https://example.org/author",
        }),
    };

    private static JsonObject Descriptor(string id, string type) =>
        new() { ["id"] = id, ["types"] = new JsonArray(type), ["license"] = "[CC-BY-4.0](https://creativecommons.org/licenses/by/4.0/)" };

    private static SandboxCollection Optical() => Collection("s2", "source_imagery") with
    {
        Title = "Sandbox Crop Types, Kenya: Sentinel-2",
        Description = "Four bands of Sentinel-2 over eight tiles on three dates",
        Start = "2019-06-06T08:03:21Z",
        End = "2019-09-04T08:03:21Z",
        Items = [.. from day in OpticalDays.Reverse() from tile in Enumerable.Range(0, TileCount) select OpticalItem(tile, day)],
    };

    private static SandboxCollection Radar() => Collection("s1", "source_imagery") with
    {
        Title = "Sandbox Crop Types, Kenya: Sentinel-1",
        Description = "Two polarisations of Sentinel-1 over eight tiles on three dates",
        Start = "2019-06-08T16:12:40Z",
        End = "2019-09-06T16:12:40Z",
        Items = [.. from day in RadarDays.Reverse() from tile in Enumerable.Range(0, TileCount) select RadarItem(tile, day)],
    };

    private static SandboxCollection Labels() => Collection("labels", "labels") with
    {
        Title = "Sandbox Crop Types, Kenya: labels",
        Description = "What grows in each field of the eight tiles, as polygons and as rasters",
        Start = "2019-06-01T00:00:00Z",
        End = "2019-09-30T23:59:59Z",
        Items = [.. Enumerable.Range(0, TileCount).Select(LabelItem)],
    };

    private static SandboxCollection Collection(string name, string type) => new()
    {
        Id = $"{Id}_{name}",
        DatasetId = Id,
        Types = [type],
        Description = "",
        License = License,
        Extent = Extent,
        Start = "",
        Extensions = [SandboxStac.Scientific],
        Fields = () => new JsonObject
        {
            ["keywords"] = new JsonArray("crops", "smallholder", "Kenya"),
            ["providers"] = new JsonArray(new JsonObject
            {
                ["url"] = "https://example.org/",
                ["name"] = "MlHub.Sdk sandbox",
                ["roles"] = new JsonArray("producer", "licensor", "host"),
            }),
            ["sci:doi"] = Doi,
            ["sci:citation"] = Citation,
        },
    };

    private static SandboxItem OpticalItem(int tile, string day)
    {
        var (box, fields, dayOfYear) = (Tile(tile), Fields(tile), DayOfYear(day));
        string[] bands = ["B02", "B03", "B04", "B08"];
        return new SandboxItem
        {
            Id = $"{Id}_s2_tile_{tile + 1:00}_{day.Replace("-", "", StringComparison.Ordinal)}",
            Footprint = [box],
            DateTime = $"{day}T08:03:21Z",
            Properties = () => new JsonObject
            {
                ["gsd"] = 10,
                ["platform"] = "Sentinel-2",
                ["instruments"] = new JsonArray("MultiSpectral Instrument"),
                ["eo:cloud_cover"] = (tile * 7 + dayOfYear) % 23,
            },
            Extensions = [SandboxStac.Eo],
            Assets = [.. bands.Select((band, index) => SandboxAsset.GeoTiff(band, [band], () => Rasters.Band(fields, box, index, dayOfYear)))],
        };
    }

    private static SandboxItem RadarItem(int tile, string day)
    {
        var (box, fields, dayOfYear) = (Tile(tile), Fields(tile), DayOfYear(day));
        string[] polarisations = ["VV", "VH"];
        return new SandboxItem
        {
            Id = $"{Id}_s1_tile_{tile + 1:00}_{day.Replace("-", "", StringComparison.Ordinal)}",
            Footprint = [box],
            DateTime = $"{day}T16:12:40Z",
            Properties = () => new JsonObject
            {
                ["platform"] = "Sentinel-1",
                ["sar:instrument_mode"] = "IW",
                ["sar:frequency_band"] = "C",
                ["sar:polarizations"] = new JsonArray("VV", "VH"),
                ["sar:product_type"] = "GRD",
            },
            Extensions = [SandboxStac.Sar],
            Assets = [.. polarisations.Select((name, index) => SandboxAsset.GeoTiff(name, [], () => Rasters.Radar(fields, box, index, dayOfYear)))],
        };
    }

    private static SandboxItem LabelItem(int tile)
    {
        var (box, fields) = (Tile(tile), Fields(tile));
        return new SandboxItem
        {
            Id = $"{Id}_labels_tile_{tile + 1:00}",
            Footprint = [box],
            DateTime = null,
            Start = "2019-06-01T00:00:00Z",
            End = "2019-09-30T23:59:59Z",
            Properties = () => Labels("vector", "crop", Crops[1..]),
            Extensions = [SandboxStac.Label],
            Assets =
            [
                SandboxAsset.GeoTiff("crop_type", [], () => Rasters.Classes(fields, box, FieldMosaic.Size)) with { Roles = ["labels", "labels-raster"] },
                SandboxAsset.GeoTiff("field_ids", [], () => Rasters.FieldNumbers(fields, box)) with { Roles = ["labels", "labels-raster"] },
                new SandboxAsset
                {
                    Key = "labels",
                    Suffix = ".geojson",
                    ContentType = "application/geo+json",
                    Roles = ["labels", "labels-vector"],
                    Title = "Crop of each field",
                    Make = () => Rasters.Outlines(fields, box, "crop", Crops),
                },
                Documentation,
            ],
        };
    }

    /// <summary>The properties of the <c>label</c> extension.</summary>
    public static JsonObject Labels(string type, string property, IEnumerable<string> classes) => new()
    {
        ["label:type"] = type,
        ["label:description"] = $"The {property} of each field",
        ["label:properties"] = type == "vector" ? new JsonArray(property) : null,
        ["label:classes"] = new JsonArray(new JsonObject { ["name"] = property, ["classes"] = SandboxStac.Strings(classes) }),
        ["label:tasks"] = new JsonArray("segmentation"),
        ["label:methods"] = new JsonArray("manual"),
    };

    private static SandboxAsset Documentation { get; } = new()
    {
        Key = "documentation",
        Suffix = ".txt",
        ContentType = "text/plain",
        Roles = ["metadata"],
        Title = "About the labels",
        IsCommon = true,
        Make = () => Encoding.UTF8.GetBytes("Crop types: " + string.Join(", ", Crops.Select((crop, value) => $"{value} {crop}")) + "\n"),
    };

    private static Box Tile(int index) => Box.Tile(34.20m, 0.16m, 0.0256m, index % 4, index / 4);

    private static FieldMosaic Fields(int tile) => new((uint)(2019 + tile));

    private static int DayOfYear(string day) => DateOnly.ParseExact(day, "yyyy-MM-dd").DayOfYear;
}
