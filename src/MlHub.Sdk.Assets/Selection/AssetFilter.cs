using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using NetTopologySuite.Geometries;

namespace MlHub.Sdk;

/// <summary>Which assets of a dataset to select. An asset must satisfy all properties that are set.</summary>
/// <remarks>
/// <para>
/// <c>*</c> in an id or a key stands for any number of characters, <c>?</c> for one, and <c>[a-c]</c> for one of a set. Letters are case-sensitive.
/// </para>
/// <para>
/// The assets of a collection itself are never dropped by space or time. An item without a place is dropped by <see cref="Bbox"/> and <see cref="Intersects"/>, and an
/// item without a time by <see cref="DateTime"/>. Touching counts as intersecting.
/// </para>
/// </remarks>
public sealed record AssetFilter
{
    /// <summary>Gets or sets the ids of the collections, each with the keys of its assets. A collection with an empty list of keys has all its assets selected.</summary>
    /// <value>The default is empty: all collections.</value>
    [Required(ErrorMessage = OptionsCheck.RequiredMessage)]
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Collections { get; set; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>Gets or sets the keys of the assets, for example <c>B04</c> or <c>B*</c>.</summary>
    /// <value>The default is empty: all keys.</value>
    [Required(ErrorMessage = OptionsCheck.RequiredMessage)]
    public IReadOnlyList<string> Keys { get; set; } = [];

    /// <summary>Gets or sets the roles, for example <c>data</c>. An asset with one of them is selected.</summary>
    /// <value>The default is empty: assets with any roles or none.</value>
    [Required(ErrorMessage = OptionsCheck.RequiredMessage)]
    public IReadOnlyList<string> Roles { get; set; } = [];

    /// <summary>Gets or sets the media types, for example <c>image/tiff</c> or <c>image/*</c>. Parameters and the case of letters are ignored.</summary>
    /// <value>The default is empty: all media types.</value>
    [Required(ErrorMessage = OptionsCheck.RequiredMessage)]
    public IReadOnlyList<string> MediaTypes { get; set; } = [];

    /// <summary>Gets or sets a box in degrees that the bounding box of the item must touch. If the item has no box, the one around its geometry counts.</summary>
    /// <value>The default is null: any place.</value>
    public Bbox? Bbox { get; set; }

    /// <summary>Gets or sets an area in degrees (WGS 84) that the item must touch. <see cref="ReadGeoJson"/> reads it from GeoJSON.</summary>
    /// <value>The default is null: any place.</value>
    public Geometry? Intersects { get; set; }

    /// <summary>Gets or sets what <see cref="Intersects"/> is compared with.</summary>
    /// <value>The default is <see cref="SpatialTest.Geometry"/>.</value>
    public SpatialTest Spatial { get; set; }

    /// <summary>Gets or sets a time, or an interval whose ends are included. An item with a time range is selected if the two overlap.</summary>
    /// <value>The default is null: any time.</value>
    public TemporalInterval? DateTime { get; set; }

    /// <summary>Reads an area from GeoJSON: a geometry, a Feature or a FeatureCollection.</summary>
    /// <param name="json">The GeoJSON (RFC 7946).</param>
    /// <returns>The area, for <see cref="Intersects"/>.</returns>
    /// <exception cref="FormatException">The text is not GeoJSON, or has no geometry.</exception>
    public static Geometry ReadGeoJson(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        try
        {
            var parts = Geometries(JsonElement.Parse(json)).Select(part => GeoJsonGeometry.Read(part) ?? throw new FormatException("It has a geometry that is not valid GeoJSON (RFC 7946).")).ToArray();
            return parts switch
            {
                [] => throw new FormatException("It is not GeoJSON with a geometry: it must be a geometry, a Feature or a FeatureCollection (RFC 7946)."),
                [var only] => only,
                _ => new GeometryCollection(parts),
            };
        }
        catch (JsonException error)
        {
            throw new FormatException("It is not GeoJSON, because it is not JSON.", error);
        }
    }

    /// <summary>Whether it selects less than everything.</summary>
    internal bool HasAny => Collections.Count + Keys.Count + Roles.Count + MediaTypes.Count > 0 || Bbox is not null || Intersects is not null || DateTime is not null;

    /// <summary>A copy, so that later changes by the caller have no effect.</summary>
    /// <exception cref="ArgumentException">A value is empty, or not in its range.</exception>
    internal AssetFilter Copy(string parameter)
    {
        foreach (var (name, values) in (ReadOnlySpan<(string, IEnumerable<string>)>)
            [(nameof(Collections), Collections.Keys.Concat(Collections.Values.SelectMany(keys => keys ?? []))), (nameof(Keys), Keys), (nameof(Roles), Roles), (nameof(MediaTypes), MediaTypes)])
        {
            if (values.Any(string.IsNullOrEmpty))
            {
                throw new ArgumentException($"{name} must not contain an empty text.", parameter);
            }
        }

        if (Bbox is { } box && !(box.South <= box.North && double.IsFinite(box.West + box.East)))
        {
            throw new ArgumentException($"Bbox is '{box}', but its south must not lie above its north, and its numbers must be finite.", parameter);
        }

        if (Intersects is { IsEmpty: true })
        {
            throw new ArgumentException("Intersects is an empty geometry.", parameter);
        }

        if (DateTime is { Start: { } start, End: { } end } && start > end)
        {
            throw new ArgumentException("DateTime ends before it begins.", parameter);
        }

        return this with
        {
            Collections = Collections.ToDictionary(pair => pair.Key, pair => (IReadOnlyList<string>)[.. pair.Value ?? []], StringComparer.Ordinal),
            Keys = [.. Keys],
            Roles = [.. Roles],
            MediaTypes = [.. MediaTypes],
            Intersects = Intersects?.Copy(),
        };
    }

    // A Feature without a geometry has none.
    private static IEnumerable<JsonElement> Geometries(JsonElement json) => json.Text("type") switch
    {
        "FeatureCollection" => json.Field("features") is { ValueKind: JsonValueKind.Array } features ? features.EnumerateArray().SelectMany(Geometries) : [],
        "Feature" => json.Object("geometry") is { } geometry ? [geometry] : [],
        null => [],
        _ => [json],
    };
}
