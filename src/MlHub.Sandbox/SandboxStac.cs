using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MlHub.Sandbox;

/// <summary>Writes the sandbox's collections and items as STAC 1.0.0.</summary>
internal static class SandboxStac
{
    public const string Version = "1.0.0";
    public const string Eo = "https://stac-extensions.github.io/eo/v1.0.0/schema.json";
    public const string Label = "https://stac-extensions.github.io/label/v1.0.0/schema.json";
    public const string MlModel = "https://stac-extensions.github.io/ml-model/v1.0.0/schema.json";
    public const string Sar = "https://stac-extensions.github.io/sar/v1.0.0/schema.json";
    public const string Scientific = "https://stac-extensions.github.io/scientific/v1.0.0/schema.json";

    // The line ending is set, because the default depends on the system.
    private static readonly JsonWriterOptions FileOptions = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly Dictionary<string, string> BandNames = new(StringComparer.Ordinal)
    {
        ["B02"] = "blue",
        ["B03"] = "green",
        ["B04"] = "red",
        ["B08"] = "nir",
    };

    /// <summary>The JSON of a collection. <paramref name="href"/> returns the href of an asset.</summary>
    public static JsonObject Collection(SandboxCollection collection, Func<SandboxAsset, string> href, JsonArray? links = null)
    {
        var json = new JsonObject { ["id"] = collection.Id, ["type"] = "Collection" };
        AddLinks(json, links);
        json["title"] = collection.Title;
        json["description"] = collection.Description;
        json["license"] = collection.License;
        json["extent"] = new JsonObject
        {
            ["spatial"] = new JsonObject { ["bbox"] = new JsonArray(collection.Extent.ToBbox()) },
            ["temporal"] = new JsonObject { ["interval"] = new JsonArray(new JsonArray(collection.Start, collection.End)) },
        };
        foreach (var (name, value) in collection.Fields())
        {
            json[name] = value?.DeepClone();
        }

        if (collection.Assets.Count > 0)
        {
            json["assets"] = Assets(collection.Assets, href);
        }

        json["stac_version"] = Version;
        json["stac_extensions"] = Strings(collection.Extensions);
        return json;
    }

    /// <summary>The JSON of an item. <paramref name="href"/> returns the href of an asset.</summary>
    public static JsonObject Item(SandboxCollection collection, SandboxItem item, Func<SandboxAsset, string> href, JsonArray? links = null)
    {
        var json = new JsonObject { ["id"] = item.Id, ["bbox"] = Box.Around(item.Footprint).ToBbox(), ["type"] = "Feature" };
        AddLinks(json, links ?? item.Links?.Invoke());
        json["assets"] = Assets(item.Assets, href);
        json["geometry"] = Geometry(item.Footprint);
        json["collection"] = collection.Id;
        json["properties"] = Properties(item);
        json["stac_version"] = Version;
        json["stac_extensions"] = Strings(item.Extensions);
        item.Change?.Invoke(json);
        return json;
    }

    /// <summary>A Polygon for one box, a MultiPolygon for several.</summary>
    public static JsonObject Geometry(IReadOnlyList<Box> footprint) => footprint is [var box]
        ? new JsonObject { ["type"] = "Polygon", ["coordinates"] = box.ToRings() }
        : MultiPolygon(footprint);

    public static JsonObject MultiPolygon(IReadOnlyList<Box> footprint) =>
        new() { ["type"] = "MultiPolygon", ["coordinates"] = new JsonArray([.. footprint.Select(box => box.ToRings())]) };

    public static JsonArray Strings(IEnumerable<string> values) => new([.. values.Select(value => (JsonNode)value)]);

    public static JsonObject Link(string relation, string href, string type, string? title = null)
    {
        var link = new JsonObject { ["rel"] = relation, ["href"] = href, ["type"] = type };
        if (title is not null)
        {
            link["title"] = title;
        }

        return link;
    }

    public static JsonElement ToElement(JsonNode json) => JsonElement.Parse(json.ToJsonString());

    public static byte[] ToFile(JsonNode json)
    {
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes, FileOptions))
        {
            json.WriteTo(writer);
        }

        return bytes.ToArray();
    }

    private static void AddLinks(JsonObject json, JsonArray? links)
    {
        if (links is not null)
        {
            json["links"] = links;
        }
    }

    private static JsonObject Properties(SandboxItem item)
    {
        var properties = new JsonObject { ["datetime"] = item.DateTime };
        if (item.DateTime is null)
        {
            properties["start_datetime"] = item.Start;
            properties["end_datetime"] = item.End;
        }

        foreach (var (name, value) in item.Properties())
        {
            properties[name] = value?.DeepClone();
        }

        return properties;
    }

    private static JsonObject Assets(IEnumerable<SandboxAsset> assets, Func<SandboxAsset, string> href)
    {
        var json = new JsonObject();
        foreach (var asset in assets)
        {
            json[asset.Key] = Asset(asset, href(asset));
        }

        return json;
    }

    private static JsonObject Asset(SandboxAsset asset, string href)
    {
        var json = new JsonObject { ["href"] = href, ["type"] = asset.ContentType, ["roles"] = Strings(asset.Roles) };
        if (asset.Title is not null)
        {
            json["title"] = asset.Title;
        }

        if (asset.Bands.Count > 0)
        {
            json["eo:bands"] = new JsonArray([.. asset.Bands.Select(Band)]);
        }

        return json;
    }

    private static JsonObject Band(string name) => new() { ["name"] = name, ["common_name"] = BandNames[name] };
}
