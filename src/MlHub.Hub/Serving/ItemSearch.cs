using System.Text;
using System.Text.Json;
using MlHub.Hub.Index;
using MlHub.Hub.Reading;
using MlHub.Server;

namespace MlHub.Hub.Serving;

/// <summary>Finds the items that match a query.</summary>
internal sealed class ItemSearch
{
    // Going through a collection until a page is full then takes no longer than reading so many candidates.
    private const int FewCandidates = 10_000;
    private const int FirstCandidates = 200;

    private readonly IndexReader _index;
    private readonly IReadOnlyList<StoredCollection> _collections;
    private readonly HubItemQuery _query;
    private readonly CancellationToken _cancellationToken;
    private readonly ItemCondition _condition;
    private readonly List<(long Id, StoredCollection Collection, string Name)>? _few;

    internal ItemSearch(IndexReader index, IReadOnlyList<StoredCollection> collections, HubItemQuery query, CancellationToken cancellationToken)
    {
        (_index, _collections, _query, _cancellationToken) = (index, collections, query, cancellationToken);
        _condition = ConditionOf(query);
        _few = FindFew();
    }

    /// <summary>The matching items after a position, or before it in the opposite order.</summary>
    /// <param name="from">The position. Null for all items.</param>
    /// <param name="isBackward">Whether the items before it are wanted.</param>
    /// <param name="batchSize">The number of items that are read at a time.</param>
    internal IEnumerable<ItemMatch> Matches(ItemPosition? from, bool isBackward, int batchSize)
    {
        var candidates = _few is null ? ByCollection(from, isBackward, batchSize) : ById(_few, from, isBackward);
        return _query.Filter is { } filter ? candidates.Where(match => IsMet(filter, match)) : candidates;
    }

    /// <summary>The number of all matching items. Null if it takes long to count them.</summary>
    /// <param name="max">The number of items that may be compared.</param>
    internal long? Count(int max)
    {
        var all = _collections.Sum(collection => collection.Items);
        return _query.Filter is not null ? null
            : _few is not null ? _few.Count
            : _condition.IsEmpty ? all
            : all <= max ? _collections.Sum(collection => _index.CountItems(collection.Id, _condition))
            : null;
    }

    /// <summary>An item as filters see it.</summary>
    internal static JsonElement Document(ItemMatch match) => ServedDocuments.ForFilter(match.Item, match.Collection.Name);

    // A filter may compare a million items.
    private bool IsMet(HubItemFilter filter, ItemMatch match)
    {
        _cancellationToken.ThrowIfCancellationRequested();
        return filter.Matches(Document(match));
    }

    // The items that are found by box and time, in order. Null if there is neither, or too many.
    private List<(long Id, StoredCollection Collection, string Name)>? FindFew()
    {
        // Most searches find so few candidates that one look is enough.
        var candidates = CandidatesOf(_query);
        var all = candidates.IsEmpty ? [] : _index.FindByBox(candidates, _condition, FirstCandidates);
        if (candidates.IsEmpty || (all.Count == FirstCandidates && _index.CountCandidates(candidates, FewCandidates) == FewCandidates))
        {
            return null;
        }

        if (all.Count == FirstCandidates)
        {
            all = _index.FindByBox(candidates, _condition, FewCandidates);
        }

        var selected = _collections.ToDictionary(collection => collection.Id);
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

    private IEnumerable<ItemMatch> ById(IEnumerable<(long Id, StoredCollection Collection, string Name)> found, ItemPosition? from, bool isBackward)
    {
        var ordered = isBackward ? found.Reverse() : found;
        return ordered
            .Where(item => from is null || (isBackward ? from.CompareTo(item.Collection.Name, item.Name) > 0 : from.CompareTo(item.Collection.Name, item.Name) < 0))
            .Select(item => new ItemMatch(item.Collection, _index.GetItem(item.Id)));
    }

    private IEnumerable<ItemMatch> ByCollection(ItemPosition? from, bool isBackward, int batchSize)
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
                _cancellationToken.ThrowIfCancellationRequested();
                var batch = _index.Items(collection.Id, after is null ? _condition : _condition.With(isBackward ? "item.name < ?" : "item.name > ?", after), batchSize, isBackward);
                foreach (var item in batch)
                {
                    yield return new ItemMatch(collection, item);
                }

                isDone = batch.Count < batchSize;
                after = isDone ? null : batch[^1].Name;
            }
        }
    }

    private static ItemCondition ConditionOf(HubItemQuery query)
    {
        var condition = new ItemCondition();
        if (query.Ids.Count > 0)
        {
            condition.And("item.name IN (SELECT value FROM json_each(?))", TextsAsJson(query.Ids));
        }

        if (query.Bbox is { } box)
        {
            AddBox(condition, box);
        }

        if (query.From is { } from)
        {
            condition.And("item.finish >= ?", from.UtcTicks);
        }

        if (query.To is { } to)
        {
            condition.And("item.start <= ?", to.UtcTicks);
        }

        // https://stac-extensions.github.io/eo/v1.0.0/schema.json is eo. The version does not matter.
        foreach (var extension in query.Extensions)
        {
            condition.And("instr(item.extensions, ?) OR instr(item.extensions, ?)", $" {extension} ", $"/{extension}/");
        }

        return condition;
    }

    private static string TextsAsJson(IReadOnlyList<string> texts) => Encoding.UTF8.GetString(Json.Bytes(json =>
    {
        json.WriteStartArray();
        foreach (var text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }));

    // A box across the antimeridian has its west east of its east.
    private static void AddBox(ItemCondition condition, HubBbox box)
    {
        condition.And("item.south <= ? AND item.north >= ?", box.North, box.South);
        if (box.West <= box.East)
        {
            condition.And(
                "CASE WHEN item.west <= item.east THEN item.west <= ? AND item.east >= ? ELSE item.west <= ? OR item.east >= ? END", box.East, box.West, box.East, box.West);
        }
        else
        {
            condition.And("item.west > item.east OR item.east >= ? OR item.west <= ?", box.West, box.East);
        }
    }

    private static ItemCondition CandidatesOf(HubItemQuery query)
    {
        var candidates = new ItemCondition();
        if (query.Bbox is { } box)
        {
            candidates.And("item_box.south <= ?", box.North).And("item_box.north >= ?", box.South);
            if (box.West <= box.East)
            {
                candidates.And("item_box.west <= ?", box.East).And("item_box.east >= ?", box.West);
            }
        }

        if (query.From is { } from)
        {
            candidates.And("item_box.finish >= ?", IndexSchema.Seconds(from.UtcTicks));
        }

        if (query.To is { } to)
        {
            candidates.And("item_box.start <= ?", IndexSchema.Seconds(to.UtcTicks));
        }

        return candidates;
    }
}
