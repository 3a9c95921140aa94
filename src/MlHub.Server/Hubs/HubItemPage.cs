using System.Text.Json;

namespace MlHub.Server;

/// <summary>A page of a collection's items.</summary>
public sealed record HubItemPage
{
    private const string NextPrefix = "next:";
    private const string PreviousPrefix = "prev:";

    /// <summary>The items, in the collection's order.</summary>
    public required IReadOnlyList<JsonElement> Items { get; init; }

    /// <summary>What names the page after this one, or <see langword="null"/> where this is the last. It becomes a part of a URL, and comes back in <see cref="HubItemQuery.Token"/>.</summary>
    public string? NextToken { get; init; }

    /// <summary>What names the page before this one, or <see langword="null"/> where this is the first.</summary>
    public string? PreviousToken { get; init; }

    /// <summary>How many items the query matches on all its pages together, or <see langword="null"/> where counting them would cost too much.</summary>
    public int? Matched { get; init; }

    /// <summary>Cuts a page out of all the items of a collection; what a hub needs that holds its items in memory.</summary>
    /// <param name="items">All items, in the collection's order.</param>
    /// <param name="query">Which of them.</param>
    /// <exception cref="UnknownTokenException">The token is none that this method gave, or the item that it names is gone.</exception>
    public static HubItemPage Of(IReadOnlyList<JsonElement> items, HubItemQuery query)
    {
        ArgumentNullException.ThrowIfNull(items);
        ArgumentNullException.ThrowIfNull(query);
        var matching = Enumerable.Range(0, items.Count).Where(index => query.Matches(items[index])).ToList();
        var page = Cut(matching, items, query);
        return new HubItemPage
        {
            Items = [.. page.Select(index => items[index])],
            Matched = matching.Count,
            NextToken = page.Count > 0 && matching[^1] > page[^1] ? NextPrefix + Id(items[page[^1]]) : null,
            PreviousToken = page.Count > 0 && matching[0] < page[0] ? PreviousPrefix + Id(items[page[0]]) : null,
        };
    }

    private static List<int> Cut(List<int> matching, IReadOnlyList<JsonElement> items, HubItemQuery query)
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
