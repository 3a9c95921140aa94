using MlHub.Hub.Index;

namespace MlHub.Hub.Postgres;

/// <summary>Writes a selection as conditions of PostgreSQL.</summary>
internal static class PostgresConditions
{
    /// <summary>The conditions on the columns of an item, which are exact.</summary>
    internal static SqlCondition OfItem(ItemSelection selection)
    {
        var condition = new SqlCondition();
        if (selection.Ids.Count > 0)
        {
            condition.And("item.name = ANY(?)", (object)selection.Ids.Where(IsStorable).ToArray());
        }

        // No id has U+0000, so those after "a\0b" are those after "a".
        var (after, before) = (UpToNull(selection.After), UpToNull(selection.Before));
        var isCut = before?.Length != selection.Before?.Length;
        Conditions.AddExact(condition, selection with { After = after, Before = isCut ? null : before });
        if (isCut)
        {
            condition.And("item.name <= ?", before!);
        }

        foreach (var extension in selection.Extensions)
        {
            if (!IsStorable(extension))
            {
                condition.And("false");
                continue;
            }

            condition.And("position(? in item.extensions) > 0 OR position(? in item.extensions) > 0", $" {extension} ", $"/{extension}/");
        }

        return condition;
    }

    // PostgreSQL has no U+0000 in texts.
    private static bool IsStorable(string text) => !text.Contains('\0', StringComparison.Ordinal);

    private static string? UpToNull(string? text) => text?.IndexOf('\0', StringComparison.Ordinal) is >= 0 and var end ? text[..end] : text;

    /// <summary>The conditions by which the indexes of boxes and times find candidates.</summary>
    internal static SqlCondition OfBounds(ItemSelection selection)
    {
        var candidates = new SqlCondition();
        if (selection.Box is { } box)
        {
            var (west, east) = box.West <= box.East ? (box.West, box.East) : (double.NegativeInfinity, double.PositiveInfinity);
            candidates.And("item.box && ST_MakeEnvelope(?, ?, ?, ?, 4326)", west, box.South, east, box.North);
        }

        if (selection.From is { } from)
        {
            candidates.And("item.period && int8range(?, NULL)", from);
        }

        if (selection.To is { } to)
        {
            candidates.And("item.period && int8range(NULL, ?, '(]')", to);
        }

        return candidates;
    }
}
