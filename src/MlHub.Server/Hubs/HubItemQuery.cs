using System.Globalization;
using System.Text.Json;

namespace MlHub.Server;

/// <summary>Which of a collection's items make up a page: those that meet all conditions, from the token on. An empty condition is met by all.</summary>
public sealed record HubItemQuery
{
    /// <summary>How many items the page may hold; at least 1.</summary>
    public required int Limit { get; init; }

    /// <summary>Which page: a token that the hub gave with another page, or <see langword="null"/> for the first page.</summary>
    public string? Token { get; init; }

    /// <summary>Only items with one of these ids; all where it is empty.</summary>
    public IReadOnlyList<string> Ids { get; init; } = [];

    /// <summary>
    /// Only items whose <c>bbox</c> touches this box; <see langword="null"/> for all.
    /// </summary>
    public HubBbox? Bbox { get; init; }

    /// <summary>Only items of this time or later; <see langword="null"/> for no bound. An item of an interval is in reach where a part of the interval is.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Only items of this time or earlier; <see langword="null"/> for no bound.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>
    /// Only items that implement all these STAC extensions, each named by its schema's URL or by its short name (<c>eo</c>, <c>label</c>).
    /// </summary>
    public IReadOnlyList<string> Extensions { get; init; } = [];

    /// <summary>Whether an item meets all conditions, whatever its page; what a hub needs that holds its items in memory.</summary>
    /// <param name="item">A STAC item.</param>
    public bool Matches(JsonElement item) =>
        (Ids.Count == 0 || Ids.Contains(item.GetProperty("id").GetString()))
        && (Bbox is not { } box || (item.TryGetProperty("bbox", out var own) && own.ValueKind == JsonValueKind.Array && HubBbox.From(own) is { } itemBox && box.Touches(itemBox)))
        && IsInTime(item)
        && Implements(item);

    private bool IsInTime(JsonElement item)
    {
        if (From is null && To is null)
        {
            return true;
        }

        return item.TryGetProperty("properties", out var properties)
            && (Time(properties, "datetime") ?? Time(properties, "start_datetime")) is { } start
            && !(start > To)
            && !((Time(properties, "datetime") ?? Time(properties, "end_datetime") ?? start) < From);
    }

    private static DateTimeOffset? Time(JsonElement properties, string name) =>
        properties.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
        && DateTimeOffset.TryParse(value.GetString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : null;

    // https://stac-extensions.github.io/eo/v1.0.0/schema.json is eo, in whatever version.
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
