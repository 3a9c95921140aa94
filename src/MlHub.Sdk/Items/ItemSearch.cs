using System.Text.Json;
using NetTopologySuite.Geometries;

namespace MlHub.Sdk;

/// <summary>The conditions of a search for items, and what to return. An item must meet all conditions. The server applies them.</summary>
/// <remarks>The conditions are those of the item search of STAC API 1.0, with its extensions <c>fields</c>, <c>sort</c>, <c>query</c>, <c>filter</c> and <c>free-text</c>.</remarks>
public sealed record ItemSearch
{
    /// <summary>The maximum number of items to return.</summary>
    /// <value>The default is null: all items.</value>
    public int? Limit { get; init; }

    /// <summary>The number of items that the server returns in one page.</summary>
    /// <value>The default is null: the server decides.</value>
    public int? PageSize { get; init; }

    /// <summary>Only items of one of these collections.</summary>
    /// <value>The default is empty: all collections.</value>
    public IReadOnlyList<string> Collections { get; init; } = [];

    /// <summary>Only items with one of these ids.</summary>
    /// <value>The default is empty: any id.</value>
    public IReadOnlyList<string> Ids { get; init; } = [];

    /// <summary>Only items that have a point in common with this box. Not together with <see cref="Intersects"/>.</summary>
    /// <value>The default is null: anywhere.</value>
    public Bbox? Bbox { get; init; }

    /// <summary>Only items that have a point in common with this geometry, in degrees (WGS 84). Not together with <see cref="Bbox"/>.</summary>
    /// <value>The default is null: anywhere.</value>
    public Geometry? Intersects { get; init; }

    /// <summary>Only items whose time is in this interval, its ends included, or whose own interval overlaps it.</summary>
    /// <value>The default is null: any time.</value>
    public TemporalInterval? DateTime { get; init; }

    /// <summary>Only items that contain one of these words or phrases (<c>q</c>). Case does not matter.</summary>
    /// <value>The default is empty: any text.</value>
    public IReadOnlyList<string> Text { get; init; } = [];

    /// <summary>Only items that meet this expression in CQL2 text, for example <c>eo:cloud_cover &lt; 10 AND platform = 'Sentinel-2'</c>.</summary>
    /// <value>The default is null: no expression.</value>
    public string? Filter { get; init; }

    /// <summary>
    /// Only items whose properties meet this JSON object of the <c>query</c> extension, for example <c>{"eo:cloud_cover": {"lt": 10}}</c>. It is for hubs without
    /// <see cref="Filter"/>.
    /// </summary>
    /// <value>The default is null: no conditions.</value>
    public JsonElement? Query { get; init; }

    /// <summary>The fields to sort by, for example <c>properties.datetime</c>. A <c>-</c> before a field means descending order.</summary>
    /// <value>The default is empty: the server's order.</value>
    public IReadOnlyList<string> SortBy { get; init; } = [];

    /// <summary>
    /// The fields that the server returns, for example <c>properties.datetime</c>. With a <c>-</c> before a field, the server leaves it out. Properties of fields that
    /// are not returned are null or empty. The id is always returned.
    /// </summary>
    /// <value>The default is empty: all fields.</value>
    public IReadOnlyList<string> Fields { get; init; } = [];

    internal void Validate()
    {
        if (Limit is < 0)
        {
            throw new ArgumentOutOfRangeException(nameof(Limit), Limit, "The limit must be 0 or more, or null for all items.");
        }

        if (PageSize is < 1)
        {
            throw new ArgumentOutOfRangeException(nameof(PageSize), PageSize, "The page size must be 1 or more.");
        }

        if (Bbox is not null && Intersects is not null)
        {
            throw new ArgumentException($"{nameof(Bbox)} and {nameof(Intersects)} cannot be combined. Use one of them.");
        }

        if (Intersects is { IsEmpty: true })
        {
            throw new ArgumentException($"{nameof(Intersects)} must not be an empty geometry.");
        }

        RequireTexts(nameof(Collections), Collections);
        RequireTexts(nameof(Ids), Ids);
        RequireTexts(nameof(Text), Text);
        RequireTexts(nameof(SortBy), SortBy.Select(WithoutSign));
        RequireTexts(nameof(Fields), Fields.Select(WithoutSign));
        if (Query is { ValueKind: not JsonValueKind.Object })
        {
            throw new ArgumentException($"{nameof(Query)} must be a JSON object.");
        }
    }

    /// <summary>A field without the sign before it. STAC API allows <c>+</c> and <c>-</c>.</summary>
    internal static string WithoutSign(string field) => field is ['-' or '+', ..] ? field[1..] : field;

    private static void RequireTexts(string name, IEnumerable<string> texts)
    {
        if (texts.Any(string.IsNullOrWhiteSpace))
        {
            throw new ArgumentException($"{name} must not contain an empty text.");
        }
    }
}
