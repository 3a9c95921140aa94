using System.Runtime.CompilerServices;
using MlHub.Hub.Index;
using MlHub.Server;

namespace MlHub.Hub.Serving;

/// <summary>
/// Pages of items, in the order of their collections and ids. A page begins after an item, so the last page is found as fast as the first. Items are found by their boxes and times if
/// that leaves few of them, and otherwise by going through the collections.
/// </summary>
internal static class ItemPages
{
    private const string Next = "next:";
    private const string Previous = "prev:";

    private const int Countable = 10_000;
    private const int BatchSize = 200;

    // The description allows fewer items than were asked for.
    private const long MostBytes = 16 * 1024 * 1024;

    /// <summary>A page.</summary>
    /// <param name="index">The index.</param>
    /// <param name="collections">The collections of the query, in the order of their names.</param>
    /// <param name="query">The query.</param>
    /// <param name="documents">Makes the documents that are sent.</param>
    /// <param name="cancellationToken">Ends a long search.</param>
    internal static async ValueTask<HubItemPage> OfAsync(
        IHubIndex index, IReadOnlyList<StoredCollection> collections, HubItemQuery query, ServedDocuments documents, CancellationToken cancellationToken)
    {
        var search = await ItemSearch.BeginAsync(index, collections, query, cancellationToken).ConfigureAwait(false);
        var (isBackward, from) = Position(query);
        if (isBackward && query.SortBy.Count > 0)
        {
            throw new UnknownTokenException(query.Token!);
        }

        var batchSize = query.Filter is null ? Math.Min(query.Limit, BatchSize) + 1 : BatchSize;
        var matches = query.SortBy.Count > 0 ? SortedAsync(search, index, collections, query, from, cancellationToken) : search.MatchesAsync(from, isBackward, batchSize, cancellationToken);
        var (found, hasMore) = await PageAsync(matches, query.Limit).ConfigureAwait(false);
        if (isBackward)
        {
            found.Reverse();
        }

        var known = new KnownFolders();
        return new HubItemPage
        {
            Items = [.. found.Select(match => documents.ForApi(match.Item, match.Collection.Name, known))],
            Matched = await search.CountAsync(Countable, cancellationToken).ConfigureAwait(false) is { } count ? (int)Math.Min(count, int.MaxValue) : null,
            NextToken = found.Count > 0 && (hasMore || isBackward) ? Next + NameOf(found[^1], query) : null,

            // The items of a sorted list cannot be found backwards.
            PreviousToken = found.Count > 0 && query.SortBy.Count == 0 && (isBackward ? hasMore : from is not null) ? Previous + NameOf(found[0], query) : null,
        };
    }

    // The first items, and whether there are more.
    private static async ValueTask<(List<ItemMatch> Found, bool HasMore)> PageAsync(IAsyncEnumerable<ItemMatch> matches, int limit)
    {
        var (found, bytes) = (new List<ItemMatch>(), 0L);
        await foreach (var match in matches.ConfigureAwait(false))
        {
            bytes += match.Item.Json.Length;
            if (found.Count == limit || (found.Count > 0 && bytes > MostBytes))
            {
                return (found, true);
            }

            found.Add(match);
        }

        return (found, false);
    }

    // The items that follow in the order of the query. All matching items are compared, and only those of the page are kept.
    private static async IAsyncEnumerable<ItemMatch> SortedAsync(
        ItemSearch search, IHubIndex index, IReadOnlyList<StoredCollection> collections, HubItemQuery query, ItemPosition? from, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var order = new HubItemOrder(query.SortBy);
        var after = from is { } position ? order.KeyOf(ItemSearch.Document(await FindAsync(index, collections, position, cancellationToken).ConfigureAwait(false) ?? throw new UnknownTokenException(query.Token!))) : null;
        var page = new PriorityQueue<ItemMatch, IReadOnlyList<object?>>(Comparer<IReadOnlyList<object?>>.Create((x, y) => order.Compare(y, x)));
        await foreach (var match in search.MatchesAsync(null, isBackward: false, BatchSize, cancellationToken).ConfigureAwait(false))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var key = order.KeyOf(ItemSearch.Document(match));
            if (after is not null && order.Compare(key, after) <= 0)
            {
                continue;
            }

            page.Enqueue(match, key);
            if (page.Count > query.Limit + 1)
            {
                page.Dequeue();
            }
        }

        var found = new List<ItemMatch>();
        while (page.TryDequeue(out var match, out _))
        {
            found.Add(match);
        }

        found.Reverse();
        foreach (var match in found)
        {
            yield return match;
        }
    }

    private static async ValueTask<ItemMatch?> FindAsync(IHubIndex index, IReadOnlyList<StoredCollection> collections, ItemPosition position, CancellationToken cancellationToken) =>
        collections.FirstOrDefault(collection => collection.Name == position.Collection) is { } collection
        && await index.FindItemAsync(collection.Id, position.Name, cancellationToken).ConfigureAwait(false) is { } item
            ? new ItemMatch(collection, item)
            : null;

    private static (bool IsBackward, ItemPosition? From) Position(HubItemQuery query)
    {
        if (query.Token is not { } token)
        {
            return (false, null);
        }

        var isBackward = token.StartsWith(Previous, StringComparison.Ordinal);
        var name = isBackward ? token[Previous.Length..] : token.StartsWith(Next, StringComparison.Ordinal) ? token[Next.Length..] : throw new UnknownTokenException(token);
        if (query.Collections.Count == 1)
        {
            return (isBackward, new ItemPosition(query.Collections[0], name));
        }

        var slash = name.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 ? throw new UnknownTokenException(token) : (isBackward, new ItemPosition(Uri.UnescapeDataString(name[..slash]), name[(slash + 1)..]));
    }

    // An id is unique in its collection.
    private static string NameOf(ItemMatch match, HubItemQuery query) =>
        query.Collections.Count == 1 ? match.Item.Name : $"{Uri.EscapeDataString(match.Collection.Name)}/{match.Item.Name}";
}
