using System.Text;
using System.Text.Json.Nodes;

namespace MlHub.Sandbox;

/// <summary>
/// A dataset for downloads asset by asset. Its catalogue has what real catalogues have and clients must cope with: items without a box or a time, a box across the
/// antimeridian, a polygon with a hole, files without extension or that do not exist, two items with one id, and names that lead out of a directory.
/// </summary>
internal static class AssetsWorld
{
    private const string Id = "sandbox_assets_world";
    private static readonly Box Kenya = new(34m, 0m, 35m, 1m);
    private static readonly Box Fiji = new(179m, -18m, 180m, -16m);
    private static readonly Box FijiEast = new(-180m, -18m, -179m, -16m);
    private static readonly Box Lake = new(32m, -2m, 34m, 0m);
    private static readonly Box Island = new(32.5m, -1.5m, 33.5m, -0.5m);

    public static SandboxDataset Create() => new()
    {
        Id = Id,
        Json = Json,
        Collections = [Scenes(), Labels()],
        OddEntries =
        [
            ("../escaped.json", "{}"u8.ToArray()),
            ("/absolute.json", "{}"u8.ToArray()),
            ($"{Id}/{Id}_scenes/broken.json", "{\"id\": "u8.ToArray()),
        ],
    };

    private static JsonObject Json() => new()
    {
        ["id"] = Id,
        ["bbox"] = null,
        ["citation"] = "MlHub.Sdk contributors (2022) \"Sandbox Assets, World\"",
        ["collections"] = new JsonArray(
            new JsonObject { ["id"] = $"{Id}_scenes", ["types"] = new JsonArray("source_imagery"), ["license"] = "CC-BY-4.0" },
            new JsonObject { ["id"] = $"{Id}_labels", ["types"] = new JsonArray("labels"), ["license"] = "CC-BY-4.0" }),
        ["creator_contact"] = new JsonObject { ["contact"] = "sandbox@example.org", ["creator"] = "MlHub.Sdk contributors" },
        ["date_added"] = "2022-05-01T00:00:00+00:00",
        ["date_modified"] = null,
        ["description"] = "A few scenes with labels, and a catalogue with the oddities of real ones. Made up for the sandbox.",
        ["documentation_link"] = null,
        ["doi"] = null,
        ["publications"] = null,
        ["registry"] = $"https://example.org/data/{Id}",
        ["status"] = "ready",
        ["tags"] = new JsonArray("assets"),
        ["title"] = "Sandbox Assets, World",
        ["tools_applications"] = null,
        ["tutorials"] = null,
    };

    private static SandboxCollection Scenes() => new()
    {
        Id = $"{Id}_scenes",
        DatasetId = Id,
        Types = ["source_imagery"],
        Title = "Sandbox Assets, World: scenes",
        Description = "Scenes in three places",
        License = "CC-BY-4.0",
        Extent = new Box(-180m, -90m, 180m, 90m),
        Start = "2021-01-01T00:00:00Z",
        End = "2021-12-31T00:00:00Z",
        Assets = [Text("legend", ".csv", "text/csv", "class,name\n1,crop\n")],
        Items =
        [
            new SandboxItem
            {
                Id = "scene_1",
                Footprint = [Kenya],
                DateTime = "2021-03-01T08:00:00Z",
                Assets = [Image("image", 1), Image("B04", 2), Text("metadata", ".json", "application/json", "{\"cloud\": 3}\n", "metadata"), Documentation],
            },
            new SandboxItem
            {
                Id = "scene_2",
                Footprint = [Fiji, FijiEast],
                Start = "2021-06-01T00:00:00Z",
                End = "2021-06-30T00:00:00Z",
                Assets = [Image("image", 3), Image("B04", 4), Documentation],
                Change = json => json["bbox"] = new JsonArray(179m, -18m, -179m, -16m),
            },
            new SandboxItem
            {
                Id = "scene_3",
                Footprint = [Lake],
                DateTime = "2021-09-01T08:00:00Z",
                Assets = [Image("image", 5), Raw, Documentation],
                Change = json => json["geometry"] = new JsonObject
                {
                    ["type"] = "MultiPolygon",
                    ["coordinates"] = new JsonArray(new JsonArray(Ring(Lake, reversed: false), Ring(Island, reversed: true))),
                },
            },
            new SandboxItem
            {
                Id = "scene_without_box",
                Footprint = [Kenya],
                DateTime = "2021-10-01T08:00:00Z",
                Assets = [Image("image", 6)],
                IsOnlyInCatalog = true,
                Change = json => json.Remove("bbox"),
            },
            new SandboxItem
            {
                Id = "scene_without_time",
                Footprint = [Kenya],
                Assets = [Image("image", 7), Image("B04", 8) with { IsMissing = true }],
                IsOnlyInCatalog = true,
            },
            new SandboxItem
            {
                Id = "scene_hostile",
                Footprint = [Kenya],
                DateTime = "2021-11-01T08:00:00Z",
                Assets = [Text("../../../escaped", "", "text/plain", "out\n") with { OwnFileName = "hostile.txt" }],
                IsOnlyInCatalog = true,
            },
        ],
    };

    private static SandboxCollection Labels() => new()
    {
        Id = $"{Id}_labels",
        DatasetId = Id,
        Types = ["labels"],
        Title = "Sandbox Assets, World: labels",
        Description = "Labels of the scenes",
        License = "CC-BY-4.0",
        Extent = Kenya,
        Start = "2021-03-01T08:00:00Z",
        End = "2021-03-01T08:00:00Z",
        Extensions = [],
        Items =
        [
            new SandboxItem
            {
                // The same id as a scene.
                Id = "scene_1",
                Footprint = [Kenya],
                DateTime = "2021-03-01T08:00:00Z",
                Assets = [Text("labels", ".geojson", "application/geo+json", "{\"type\": \"FeatureCollection\", \"features\": []}\n", "labels")],
            },
        ],
    };

    private static SandboxAsset Documentation { get; } = Text("documentation", ".md", "text/markdown", "# Scenes\n", "metadata") with { IsCommon = true };

    // Neither its address nor its media type has an extension.
    private static SandboxAsset Raw { get; } = new()
    {
        Key = "raw",
        Suffix = "",
        ContentType = "application/octet-stream",
        Make = () => [0, 1, 2, 3],
    };

    private static SandboxAsset Image(string key, int seed) => SandboxAsset.GeoTiff(key, [], () => Rasters.Band(new FieldMosaic((uint)(900 + seed)), Kenya, 3, 30 + seed));

    private static SandboxAsset Text(string key, string suffix, string type, string text, string role = "data") => new()
    {
        Key = key,
        Suffix = suffix,
        ContentType = type,
        Roles = [role],
        Make = () => Encoding.UTF8.GetBytes(text),
    };

    // The outer ring is counterclockwise, a hole is clockwise (RFC 7946 §3.1.6).
    private static JsonArray Ring(Box box, bool reversed)
    {
        var ring = box.ToRings()[0]!.AsArray();
        return new JsonArray([.. (reversed ? ring.Reverse() : ring).Select(position => position!.DeepClone())]);
    }
}
