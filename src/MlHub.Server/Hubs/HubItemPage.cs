using System.Text.Json;

namespace MlHub.Server;

/// <summary>A page of a collection's items.</summary>
public sealed record HubItemPage
{
    private const string NextPrefix = "next:";
    private const string PreviousPrefix = "prev:";

    /// <summary>The items, in the collection's order.</summary>
    public required IReadOnlyList<JsonElement> Items { get; init; }

    /// <summary>The token of the next page, or <see langword="null"/> on the last page. It becomes part of a URL, and is passed back in <see cref="HubItemQuery.Token"/>.</summary>
    public string? NextToken { get; init; }

    /// <summary>The token of the previous page, or <see langword="null"/> on the first page.</summary>
    public string? PreviousToken { get; init; }

    /// <summary>The number of items on all pages that match the query, or <see langword="null"/> if counting them is too expensive.</summary>
    public int? Matched { get; init; }

    /// <summary>Selects a page from all items of a collection. Use it in a hub that keeps its items in memory.</summary>
    /// <param name="items">All items, in the collection's order.</param>
    /// <param name="query">The query.</param>
    /// <exception cref="UnknownTokenException">The token is not from this method, or its item no longer exists.</exception>
    public static HubItemPage Of(IReadOnlyList<JsonElement> items, HubItemQuery query)
    {
        ArgumentNullException.ThrowIfNull(items);
        ArgumentNullException.ThrowIfNull(query);
        var matching = Enumerable.Range(0, items.Count).Where(index => query.Matches(items[index])).ToList();
        var page = Select(matching, items, query);
        return new HubItemPage
        {
            Items = [.. page.Select(index => items[index])],
            Matched = matching.Count,
            NextToken = page.Count > 0 && matching[^1] > page[^1] ? NextPrefix + Id(items[page[^1]]) : null,
            PreviousToken = page.Count > 0 && matching[0] < page[0] ? PreviousPrefix + Id(items[page[0]]) : null,
        };
    }

    private static List<int> Select(List<int> matching, IReadOnlyList<JsonElement> items, HubItemQuery query)
    {
        if (query.Token is not { } token)
        {
            return [.. matching.Take(query.Limit)];
        }

        if (token.StartsWith(NextPrefix, StringComparison.Ordinal))
        {
            var last = IndexOf(items, token, NextPrefix);
            return [.. matching.Where(index => index > last).Take(query.Limit)];
        }

        var first = token.StartsWith(PreviousPrefix, StringComparison.Ordinal) ? IndexOf(items, token, PreviousPrefix) : throw new UnknownTokenException(token);
        return [.. matching.Where(index => index < first).TakeLast(query.Limit)];
    }

    private static int IndexOf(IReadOnlyList<JsonElement> items, string token, string prefix)
    {
        var id = token.AsSpan(prefix.Length);
        for (var index = 0; index < items.Count; index++)
        {
            if (items[index].GetProperty("id").ValueEquals(id))
            {
                return index;
            }
        }

        throw new UnknownTokenException(token);
    }

    private static string Id(JsonElement item) => item.GetProperty("id").GetString()!;
}
