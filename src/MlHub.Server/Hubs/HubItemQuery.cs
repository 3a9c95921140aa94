using System.Text.Json;

namespace MlHub.Server;

/// <summary>A query for a page of items. It matches items that meet all conditions. An empty condition matches all items.</summary>
public sealed record HubItemQuery
{
    /// <summary>The maximum number of items on the page; at least 1.</summary>
    public required int Limit { get; init; }

    /// <summary>The token of the page, from another page of the hub, or <see langword="null"/> for the first page.</summary>
    public string? Token { get; init; }

    /// <summary>Only items of these collections; empty for all. Ids that do not exist match nothing.</summary>
    public IReadOnlyList<string> Collections { get; init; } = [];

    /// <summary>Only items with one of these ids; empty for all.</summary>
    public IReadOnlyList<string> Ids { get; init; } = [];

    /// <summary>
    /// Only items whose <c>bbox</c> touches this box; <see langword="null"/> for all. An item without a <c>bbox</c> has the box around its geometry, and an item with neither does not match.
    /// </summary>
    public HubBbox? Bbox { get; init; }

    /// <summary>Only items of this time or later; <see langword="null"/> for no limit. An item with an interval matches if a part of the interval does.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Only items of this time or earlier; <see langword="null"/> for no limit.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>
    /// Only items that implement all these STAC extensions. An extension is named by the URL of its schema or by its short name (<c>eo</c>, <c>label</c>).
    /// </summary>
    public IReadOnlyList<string> Extensions { get; init; } = [];

    /// <summary>Only items that meet this filter; <see langword="null"/> for all. A hub with an index finds candidates by the other conditions, and asks the filter about each.</summary>
    public HubItemFilter? Filter { get; init; }

    /// <summary>The order of the items; empty for the order of the hub.</summary>
    public IReadOnlyList<HubSortField> SortBy { get; init; } = [];

    /// <summary>Whether an item meets all conditions, on any page. Use it in a hub that keeps its items in memory.</summary>
    /// <param name="item">A STAC item.</param>
    public bool Matches(JsonElement item) =>
        (Collections.Count == 0 || Collections.Contains(Text(item, "collection")))
        && (Ids.Count == 0 || Ids.Contains(Text(item, "id")))
        && (Bbox is not { } box || (ItemFields.BoxOf(item) is { } itemBox && box.Touches(itemBox)))
        && IsInTime(item)
        && Implements(item)
        && Filter?.Matches(item) != false;

    private static string? Text(JsonElement item, string name) => item.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private bool IsInTime(JsonElement item) =>
        (From is null && To is null) || (ItemFields.TimeOf(item) is { } time && !(time.Start > To) && !(time.End < From));

    // https://stac-extensions.github.io/eo/v1.0.0/schema.json is eo. The version does not matter.
    private bool Implements(JsonElement item)
    {
        if (Extensions.Count == 0)
        {
            return true;
        }

        List<string> own = item.TryGetProperty("stac_extensions", out var urls) ? [.. urls.EnumerateArray().Select(url => url.GetString() ?? "")] : [];
        return Extensions.All(extension => own.Exists(url => url == extension || url.Contains($"/{extension}/", StringComparison.Ordinal)));
    }
}
