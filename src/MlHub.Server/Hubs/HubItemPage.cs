using System.Text.Json;

namespace MlHub.Server;

/// <summary>A page of items.</summary>
public sealed record HubItemPage
{
    private const string NextPrefix = "next:";
    private const string PreviousPrefix = "prev:";

    /// <summary>The items, in the order of the query.</summary>
    public required IReadOnlyList<HubItem> Items { get; init; }

    /// <summary>The token of the next page, or <see langword="null"/> on the last page. It becomes part of a URL, and is passed back in <see cref="HubItemQuery.Token"/>.</summary>
    public string? NextToken { get; init; }

    /// <summary>The token of the previous page, or <see langword="null"/> on the first page.</summary>
    public string? PreviousToken { get; init; }

    /// <summary>The number of items on all pages that match the query, or <see langword="null"/> if counting them is too expensive.</summary>
    public int? Matched { get; init; }

    /// <summary>Selects a page of items. Use it in a hub that keeps its items in memory.</summary>
    /// <param name="items">All items of the collections of the query, or more, in the order of the hub.</param>
    /// <param name="query">The query.</param>
    /// <exception cref="UnknownTokenException">The token is not from this method, or its item no longer exists.</exception>
    public static HubItemPage Of(IReadOnlyList<JsonElement> items, HubItemQuery query)
    {
        ArgumentNullException.ThrowIfNull(items);
        ArgumentNullException.ThrowIfNull(query);
        var sorted = Sorted(items, query.SortBy);
        var matching = Enumerable.Range(0, sorted.Count).Where(index => query.Matches(sorted[index])).ToList();
        var page = Select(matching, sorted, query);
        return new HubItemPage
        {
            Items = [.. page.Select(index => new HubItem(sorted[index]))],
            Matched = matching.Count,
            NextToken = page.Count > 0 && matching[^1] > page[^1] ? NextPrefix + NameOf(sorted[page[^1]], query) : null,
            PreviousToken = page.Count > 0 && matching[0] < page[0] ? PreviousPrefix + NameOf(sorted[page[0]], query) : null,
        };
    }

    private static IReadOnlyList<JsonElement> Sorted(IReadOnlyList<JsonElement> items, IReadOnlyList<HubSortField> fields)
    {
        if (fields.Count == 0)
        {
            return items;
        }

        var order = new HubItemOrder(fields);
        return [.. items.OrderBy(order.KeyOf, order)];
    }

    private static List<int> Select(List<int> matching, IReadOnlyList<JsonElement> items, HubItemQuery query)
    {
        if (query.Token is not { } token)
        {
            return [.. matching.Take(query.Limit)];
        }

        if (token.StartsWith(NextPrefix, StringComparison.Ordinal))
        {
            var last = IndexOf(items, query, token, NextPrefix);
            return [.. matching.Where(index => index > last).Take(query.Limit)];
        }

        var first = token.StartsWith(PreviousPrefix, StringComparison.Ordinal) ? IndexOf(items, query, token, PreviousPrefix) : throw new UnknownTokenException(token);
        return [.. matching.Where(index => index < first).TakeLast(query.Limit)];
    }

    private static int IndexOf(IReadOnlyList<JsonElement> items, HubItemQuery query, string token, string prefix)
    {
        var name = token[prefix.Length..];
        for (var index = 0; index < items.Count; index++)
        {
            if (NameOf(items[index], query) == name && (query.Collections.Count != 1 || CollectionOf(items[index]) == query.Collections[0]))
            {
                return index;
            }
        }

        throw new UnknownTokenException(token);
    }

    // An id is unique in its collection.
    private static string NameOf(JsonElement item, HubItemQuery query)
    {
        var id = item.GetProperty("id").GetString()!;
        return query.Collections.Count == 1 ? id : $"{Uri.EscapeDataString(CollectionOf(item))}/{id}";
    }

    private static string CollectionOf(JsonElement item) => item.TryGetProperty("collection", out var collection) ? collection.GetString() ?? "" : "";
}
