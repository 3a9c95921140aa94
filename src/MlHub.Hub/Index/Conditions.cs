using System.Text;
using MlHub.Hub.Reading;

namespace MlHub.Hub.Index;

/// <summary>Writes a selection as conditions of SQLite.</summary>
internal static class Conditions
{
    /// <summary>The conditions on the columns of an item, which are exact.</summary>
    internal static SqlCondition OfItem(ItemSelection selection)
    {
        var condition = new SqlCondition();
        if (selection.Ids.Count > 0)
        {
            condition.And("item.name IN (SELECT value FROM json_each(?))", TextsAsJson(selection.Ids));
        }

        AddExact(condition, selection);

        // https://stac-extensions.github.io/eo/v1.0.0/schema.json is eo. The version does not matter.
        foreach (var extension in selection.Extensions)
        {
            condition.And("instr(item.extensions, ?) OR instr(item.extensions, ?)", $" {extension} ", $"/{extension}/");
        }

        return condition;
    }

    /// <summary>The conditions that any database can check: box, time, and the id that items follow or precede.</summary>
    internal static void AddExact(SqlCondition condition, ItemSelection selection)
    {
        // A box across the antimeridian has its west east of its east.
        if (selection.Box is { } box)
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

        if (selection.From is { } from)
        {
            condition.And("item.finish >= ?", from);
        }

        if (selection.To is { } to)
        {
            condition.And("item.start <= ?", to);
        }

        if (selection.After is { } after)
        {
            condition.And("item.name > ?", after);
        }

        if (selection.Before is { } before)
        {
            condition.And("item.name < ?", before);
        }
    }

    /// <summary>The conditions on the table of boxes, whose numbers are rounded.</summary>
    internal static SqlCondition OfBox(ItemSelection selection)
    {
        var candidates = new SqlCondition();
        if (selection.Box is { } box)
        {
            candidates.And("item_box.south <= ?", box.North).And("item_box.north >= ?", box.South);
            if (box.West <= box.East)
            {
                candidates.And("item_box.west <= ?", box.East).And("item_box.east >= ?", box.West);
            }
        }

        if (selection.From is { } from)
        {
            candidates.And("item_box.finish >= ?", IndexSchema.Seconds(from));
        }

        if (selection.To is { } to)
        {
            candidates.And("item_box.start <= ?", IndexSchema.Seconds(to));
        }

        return candidates;
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
}
