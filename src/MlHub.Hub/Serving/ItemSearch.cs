using System.Runtime.CompilerServices;
using System.Text.Json;
using MlHub.Hub.Index;
using MlHub.Server;

namespace MlHub.Hub.Serving;

/// <summary>Finds the items that match a query.</summary>
internal sealed class ItemSearch
{
    // Going through a collection until a page is full then takes no longer than reading so many candidates.
    private const int FewCandidates = 10_000;
    private const int FirstCandidates = 200;

    private readonly IHubIndex _index;
    private readonly IReadOnlyList<StoredCollection> _collections;
    private readonly ItemSelection _selection;
    private readonly HubItemFilter? _filter;
    private readonly List<(long Id, StoredCollection Collection, string Name)>? _few;

    private ItemSearch(IHubIndex index, IReadOnlyList<StoredCollection> collections, ItemSelection selection, HubItemFilter? filter, List<(long Id, StoredCollection Collection, string Name)>? few) =>
        (_index, _collections, _selection, _filter, _few) = (index, collections, selection, filter, few);

    internal static async ValueTask<ItemSearch> BeginAsync(IHubIndex index, IReadOnlyList<StoredCollection> collections, HubItemQuery query, CancellationToken cancellationToken)
    {
        var selection = ItemSelection.Of(query);
        return new ItemSearch(index, collections, selection, query.Filter, await FindFewAsync(index, collections, selection, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>The matching items after a position, or before it in the opposite order.</summary>
    /// <param name="from">The position. Null for all items.</param>
    /// <param name="isBackward">Whether the items before it are wanted.</param>
    /// <param name="batchSize">The number of items that are read at a time.</param>
    /// <param name="cancellationToken">Ends a long search.</param>
    internal IAsyncEnumerable<ItemMatch> MatchesAsync(ItemPosition? from, bool isBackward, int batchSize, CancellationToken cancellationToken)
    {
        var candidates = _few is null ? ByCollectionAsync(from, isBackward, batchSize, cancellationToken) : ByIdAsync(_few, from, isBackward, batchSize, cancellationToken);
        return _filter is { } filter ? candidates.Where(match => IsMet(filter, match, cancellationToken)) : candidates;
    }

    /// <summary>The number of all matching items. Null if it takes long to count them.</summary>
    /// <param name="max">The number of items that may be compared.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    internal async ValueTask<long?> CountAsync(int max, CancellationToken cancellationToken)
    {
        if (_filter is not null || _few is not null)
        {
            return _filter is null ? _few!.Count : null;
        }

        var all = _collections.Sum(collection => collection.Items);
        if (_selection.IsEmpty || all > max)
        {
            return _selection.IsEmpty ? all : null;
        }

        var count = 0L;
        foreach (var collection in _collections)
        {
            count += await _index.CountItemsAsync(collection.Id, _selection, cancellationToken).ConfigureAwait(false);
        }

        return count;
    }

    /// <summary>An item as filters see it.</summary>
    internal static JsonElement Document(ItemMatch match) => ServedDocuments.ForFilter(match.Item, match.Collection.Name);

    // A filter may compare a million items.
    private static bool IsMet(HubItemFilter filter, ItemMatch match, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return filter.Matches(Document(match));
    }

    // The items that are found by box and time, in order. Null if there is neither, or too many.
    private static async ValueTask<List<(long Id, StoredCollection Collection, string Name)>?> FindFewAsync(
        IHubIndex index, IReadOnlyList<StoredCollection> collections, ItemSelection selection, CancellationToken cancellationToken)
    {
        // Most searches find so few candidates that one look is enough.
        var all = selection.HasBounds ? await index.FindByBoundsAsync(selection, FirstCandidates, cancellationToken).ConfigureAwait(false) : [];
        var hasMore = all.Count == FirstCandidates;
        if (!selection.HasBounds || (hasMore && await index.CountCandidatesAsync(selection, FewCandidates, cancellationToken).ConfigureAwait(false) == FewCandidates))
        {
            return null;
        }

        if (hasMore)
        {
            all = await index.FindByBoundsAsync(selection, FewCandidates, cancellationToken).ConfigureAwait(false);
        }

        var selected = collections.ToDictionary(collection => collection.Id);
        List<(long Id, StoredCollection Collection, string Name)> found =
        [
            .. from item in all
               let collection = selected.GetValueOrDefault(item.Collection)
               where item.IsMet && collection is not null
               select (item.Id, collection, item.Name),
        ];
        found.Sort((x, y) => string.CompareOrdinal(x.Collection.Name, y.Collection.Name) is not 0 and var order ? order : string.CompareOrdinal(x.Name, y.Name));
        return found;
    }

    private async IAsyncEnumerable<ItemMatch> ByIdAsync(
        IReadOnlyList<(long Id, StoredCollection Collection, string Name)> found, ItemPosition? from, bool isBackward, int batchSize, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var ordered = (isBackward ? found.Reverse() : found)
            .Where(item => from is null || (isBackward ? from.CompareTo(item.Collection.Name, item.Name) > 0 : from.CompareTo(item.Collection.Name, item.Name) < 0));
        foreach (var batch in ordered.Chunk(batchSize))
        {
            var items = await _index.GetItemsAsync(Array.ConvertAll(batch, item => item.Id), cancellationToken).ConfigureAwait(false);
            foreach (var (item, stored) in batch.Zip(items))
            {
                // Another process may have changed the index meanwhile.
                if (stored is not null)
                {
                    yield return new ItemMatch(item.Collection, stored);
                }
            }
        }
    }

    private async IAsyncEnumerable<ItemMatch> ByCollectionAsync(ItemPosition? from, bool isBackward, int batchSize, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var collection in isBackward ? _collections.Reverse() : _collections)
        {
            var order = from is null ? 0 : string.CompareOrdinal(collection.Name, from.Collection);
            if (isBackward ? order > 0 : order < 0)
            {
                continue;
            }

            var after = from is not null && order == 0 ? from.Name : null;
            for (var isDone = false; !isDone;)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var selection = isBackward ? _selection with { Before = after } : _selection with { After = after };
                var batch = await _index.ListItemsAsync(collection.Id, selection, batchSize, isBackward, cancellationToken).ConfigureAwait(false);
                foreach (var item in batch)
                {
                    yield return new ItemMatch(collection, item);
                }

                isDone = batch.Count < batchSize;
                after = isDone ? null : batch[^1].Name;
            }
        }
    }
}
