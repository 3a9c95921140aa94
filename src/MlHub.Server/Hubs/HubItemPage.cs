using System.Text.Json;

namespace MlHub.Server;

/// <summary>A page of a collection's items.</summary>
public sealed record HubItemPage
{
    /// <summary>The items, in the collection's order.</summary>
    public required IReadOnlyList<JsonElement> Items { get; init; }

    /// <summary>How many items the query matches on all its pages together.</summary>
    public required int Matched { get; init; }

    /// <summary>Whether a page comes before this one.</summary>
    public required bool HasPrevious { get; init; }

    /// <summary>Whether a page comes after this one.</summary>
    public required bool HasNext { get; init; }

    /// <summary>Cuts a page out of all the items of a collection, for a hub that has all of them in memory.</summary>
    /// <param name="items">All items, in the collection's order.</param>
    /// <param name="query">Which of them.</param>
    /// <exception cref="UnknownItemException">The query starts at an item that is not among them.</exception>
    public static HubItemPage Of(IReadOnlyList<JsonElement> items, HubItemQuery query)
    {
        ArgumentNullException.ThrowIfNull(items);
        ArgumentNullException.ThrowIfNull(query);
        var first = query.After is { } after ? IndexOf(items, after) + 1 : 0;
        var end = query.Before is { } before ? IndexOf(items, before) : items.Count;
        var matching = Enumerable.Range(0, items.Count).Where(index => Implements(items[index], query.Extensions)).ToList();
        var inReach = matching.FindAll(index => index >= first && index < end);
        var page = query.Before is null ? inReach.Take(query.Limit).ToList() : inReach.TakeLast(query.Limit).ToList();
        return new HubItemPage
        {
            Items = [.. page.Select(index => items[index])],
            Matched = matching.Count,
            HasPrevious = page.Count > 0 && matching[0] < page[0],
            HasNext = page.Count > 0 && matching[^1] > page[^1],
        };
    }

    private static int IndexOf(IReadOnlyList<JsonElement> items, string id)
    {
        for (var index = 0; index < items.Count; index++)
        {
            if (items[index].GetProperty("id").ValueEquals(id))
            {
                return index;
            }
        }

        throw new UnknownItemException(id);
    }

    // https://stac-extensions.github.io/eo/v1.0.0/schema.json is eo, in whatever version.
    private static bool Implements(JsonElement item, IReadOnlyList<string> extensions)
    {
        if (extensions.Count == 0)
        {
            return true;
        }

        List<string> own = item.TryGetProperty("stac_extensions", out var urls) ? [.. urls.EnumerateArray().Select(url => url.GetString() ?? "")] : [];
        return extensions.All(extension => own.Exists(url => url == extension || url.Contains($"/{extension}/", StringComparison.Ordinal)));
    }
}
