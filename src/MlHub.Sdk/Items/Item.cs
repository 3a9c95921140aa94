using System.Text.Json;
using NetTopologySuite.Geometries;

namespace MlHub.Sdk;

/// <summary>A STAC Item: a GeoJSON Feature with a time and files. It keeps its own JSON and not that of the page it came in.</summary>
public class Item
{
    private readonly JsonElement _json;
    private readonly ItemContent _content;

    private protected Item(JsonElement json, string what)
    {
        _json = json.Clone();
        _content = ApiBody.Read(_json, StacJson.Default.ItemContent, what);
        ApiBody.RequireNoNulls(what, _content.Links, _content.Assets?.Values, _content.StacExtensions);
        if (!_json.TryGetProperty("properties", out var properties) || properties.ValueKind != JsonValueKind.Object)
        {
            throw ApiBody.WrongShape($"{what} with properties");
        }

        Properties = properties;
        Geometry = ApiBody.ReadShape(what, () => GeoJsonGeometry.Read(_json.TryGetProperty("geometry", out var geometry) ? geometry : null));

        DateTime = ReadTime("datetime", what);
        StartDateTime = ReadTime("start_datetime", what);
        EndDateTime = ReadTime("end_datetime", what);
    }

    /// <summary>The id, unique in its collection.</summary>
    public string Id => _content.Id;

    /// <summary>The id of the collection, or null.</summary>
    public string? CollectionId => _content.Collection;

    /// <summary>Where the item lies, WGS 84 in degrees; null for an item without a place.</summary>
    public Geometry? Geometry { get; }

    /// <summary>The bounding box of <see cref="Geometry"/>; null without one.</summary>
    public Bbox? Bbox => _content.Bbox;

    /// <summary>The moment of the item; null where it has <see cref="StartDateTime"/> and <see cref="EndDateTime"/> instead.</summary>
    public DateTimeOffset? DateTime { get; }

    /// <summary>When it begins (<c>start_datetime</c>), or null.</summary>
    public DateTimeOffset? StartDateTime { get; }

    /// <summary>When it ends (<c>end_datetime</c>), or null; 9999-12-31T23:59:59Z stands for never.</summary>
    public DateTimeOffset? EndDateTime { get; }

    /// <summary>The moment as an interval, or the interval; null for an item without a time.</summary>
    public TemporalInterval? Time =>
        StartDateTime is null && EndDateTime is null
            ? DateTime is null ? null : new TemporalInterval(DateTime, DateTime)
            : new TemporalInterval(StartDateTime, EndDateTime);

    /// <summary>All properties, those of extensions included, as JSON.</summary>
    public JsonElement Properties { get; }

    /// <summary>Its files, by key.</summary>
    public IReadOnlyDictionary<string, Asset> Assets => _content.Assets ?? new Dictionary<string, Asset>();

    /// <summary>Its links.</summary>
    public IReadOnlyList<Link> Links => _content.Links ?? [];

    /// <summary>The version of STAC it is written in.</summary>
    public string? StacVersion => _content.StacVersion;

    /// <summary>The STAC extensions it uses: short names in generation A, URLs in B.</summary>
    public IReadOnlyList<string> StacExtensions => _content.StacExtensions ?? [];

    /// <summary>Reads an item from JSON, as <see cref="ToJson"/> gave it.</summary>
    /// <param name="json">A STAC Item.</param>
    /// <exception cref="MlHubException">The JSON is not an item.</exception>
    public static Item FromJson(JsonElement json) => new(json, "an item");

    /// <summary>The JSON as the server sent it: unknown fields, nulls and the digits of numbers included.</summary>
    public string ToJson() => _json.GetRawText();

    /// <summary>The id.</summary>
    public override string ToString() => Id;

    private protected string? Text(string property) => ApiBody.Text(Properties, property);

    private DateTimeOffset? ReadTime(string property, string what)
    {
        if (Text(property) is not { } text)
        {
            return null;
        }

        return TemporalInterval.TryParseTime(text, out var time) ? time : throw ApiBody.WrongShape($"{what} whose {property} is a time");
    }
}
