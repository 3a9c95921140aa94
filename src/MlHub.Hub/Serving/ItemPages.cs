using MlHub.Hub.Index;
using MlHub.Server;

namespace MlHub.Hub.Serving;

/// <summary>Pages of items, in the order of their ids. A page begins after an id, so the last page is found as fast as the first.</summary>
internal static class ItemPages
{
    private const string Next = "next:";
    private const string Previous = "prev:";

    internal static HubItemPage Of(IndexReader index, StoredCollection collection, HubItemQuery query, ServedDocuments documents)
    {
        var condition = ConditionOf(query);
        var items = Select(index, collection.Id, condition, query);
        return new HubItemPage
        {
            Items = [.. items.Select(item => documents.ForApi(item.Json, DocumentPlace.Of(item, collection.Name)))],
            Matched = condition.IsEmpty ? (int)Math.Min(collection.Items, int.MaxValue) : (int)index.CountItems(collection.Id, condition),
            NextToken = items.Count > 0 && index.HasItem(collection.Id, condition.With("item.name > ?", items[^1].Name)) ? Next + items[^1].Name : null,
            PreviousToken = items.Count > 0 && index.HasItem(collection.Id, condition.With("item.name < ?", items[0].Name)) ? Previous + items[0].Name : null,
        };
    }

    private static IReadOnlyList<StoredItem> Select(IndexReader index, long collection, ItemCondition condition, HubItemQuery query) => query.Token switch
    {
        null => index.Items(collection, condition, query.Limit),
        var token when token.StartsWith(Next, StringComparison.Ordinal) => index.Items(collection, condition.With("item.name > ?", token[Next.Length..]), query.Limit),
        var token when token.StartsWith(Previous, StringComparison.Ordinal) =>
            [.. index.Items(collection, condition.With("item.name < ?", token[Previous.Length..]), query.Limit, descending: true).Reverse()],
        var token => throw new UnknownTokenException(token),
    };

    private static ItemCondition ConditionOf(HubItemQuery query)
    {
        var condition = new ItemCondition();
        if (query.Ids.Count > 0)
        {
            condition.And($"item.name IN ({string.Join(", ", query.Ids.Select(_ => "?"))})", [.. query.Ids]);
        }

        if (query.Bbox is { } box)
        {
            AddBox(condition, box);
        }

        if (query.From is { } from)
        {
            condition.And("finish >= ?", from.UtcTicks);
        }

        if (query.To is { } to)
        {
            condition.And("start <= ?", to.UtcTicks);
        }

        // https://stac-extensions.github.io/eo/v1.0.0/schema.json is eo. The version does not matter.
        foreach (var extension in query.Extensions)
        {
            condition.And("instr(extensions, ?) OR instr(extensions, ?)", $" {extension} ", $"/{extension}/");
        }

        return condition;
    }

    // A box across the antimeridian has its west east of its east.
    private static void AddBox(ItemCondition condition, HubBbox box)
    {
        condition.And("south <= ? AND north >= ?", box.North, box.South);
        if (box.West <= box.East)
        {
            condition.And("CASE WHEN west <= east THEN west <= ? AND east >= ? ELSE west <= ? OR east >= ? END", box.East, box.West, box.East, box.West);
        }
        else
        {
            condition.And("west > east OR east >= ? OR west <= ?", box.West, box.East);
        }
    }
}
