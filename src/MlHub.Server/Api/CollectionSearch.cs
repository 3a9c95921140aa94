using System.Text.Json;

namespace MlHub.Server;

/// <summary>Selects collections by the conditions of a search. There are few of them, so all are compared.</summary>
internal static class CollectionSearch
{
    private const string Next = "next:";

    /// <summary>The collections of a page, and the token of the next page.</summary>
    /// <exception cref="UnknownTokenException">The token is not of such a page.</exception>
    public static (IReadOnlyList<JsonElement> Page, int Matched, string? NextToken) Select(IReadOnlyList<JsonElement> collections, SearchRequest search)
    {
        IReadOnlyList<JsonElement> matching = [.. collections.Where(collection => Matches(collection, search))];
        if (search.SortBy.Count > 0)
        {
            var order = new HubItemOrder(search.SortBy);
            matching = [.. matching.OrderBy(order.KeyOf, order)];
        }

        if (search.Limit is not { } limit)
        {
            return (matching, matching.Count, null);
        }

        var first = search.Token is { } token ? PositionAfter(matching, token) : 0;
        IReadOnlyList<JsonElement> page = [.. matching.Skip(first).Take(Math.Min(limit, SearchRequest.MaxLimit))];
        return (page, matching.Count, first + page.Count < matching.Count ? Next + Id(page[^1]) : null);
    }

    private static int PositionAfter(IReadOnlyList<JsonElement> collections, string token)
    {
        for (var i = 0; i < collections.Count; i++)
        {
            if (token == Next + Id(collections[i]))
            {
                return i + 1;
            }
        }

        throw new UnknownTokenException(token);
    }

    private static bool Matches(JsonElement collection, SearchRequest search) =>
        (search.Bbox is not { } box || Extents(collection, "spatial", "bbox").Any(extent => HubBbox.From(extent) is { } own && own.Touches(box)))
        && (search.Time is not { } time || Extents(collection, "temporal", "interval").Any(interval => Overlaps(interval, time)))
        && search.Filter?.IsMetBy(collection) != false;

    private static IEnumerable<JsonElement> Extents(JsonElement collection, string kind, string name) =>
        ItemFields.Find(collection, $"extent.{kind}.{name}") is { ValueKind: JsonValueKind.Array } extents ? extents.EnumerateArray().Where(extent => extent.ValueKind == JsonValueKind.Array) : [];

    // A null is an open end.
    private static bool Overlaps(JsonElement interval, Moments time) =>
        interval.GetArrayLength() == 2 && End(interval[0], DateTimeOffset.MinValue) is { } start && End(interval[1], DateTimeOffset.MaxValue) is { } end && start <= time.End && end >= time.Start;

    private static DateTimeOffset? End(JsonElement end, DateTimeOffset open) => end.ValueKind switch
    {
        JsonValueKind.Null => open,
        JsonValueKind.String => Rfc3339.TryReadTime(end.GetString(), out var time) ? time : null,
        _ => null,
    };

    private static string? Id(JsonElement collection) => collection.GetProperty("id").GetString();
}
