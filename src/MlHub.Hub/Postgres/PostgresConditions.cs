using MlHub.Hub.Index;

namespace MlHub.Hub.Postgres;

/// <summary>Writes a selection as conditions of PostgreSQL.</summary>
internal static class PostgresConditions
{
    // Boxes may reach beyond 180 degrees.
    private const double FarWest = -1e6;
    private const double FarEast = 1e6;

    /// <summary>The conditions on the columns of an item, which are exact.</summary>
    internal static SqlCondition OfItem(ItemSelection selection)
    {
        var condition = new SqlCondition();
        if (selection.Ids.Count > 0)
        {
            condition.And("item.name = ANY(?)", (object)selection.Ids.ToArray());
        }

        Conditions.AddExact(condition, selection);
        foreach (var extension in selection.Extensions)
        {
            condition.And("position(? in item.extensions) > 0 OR position(? in item.extensions) > 0", $" {extension} ", $"/{extension}/");
        }

        return condition;
    }

    /// <summary>The conditions by which the indexes of boxes and times find candidates.</summary>
    internal static SqlCondition OfBounds(ItemSelection selection)
    {
        var candidates = new SqlCondition();
        if (selection.Box is { } box)
        {
            var (west, east) = box.West <= box.East ? (box.West, box.East) : (FarWest, FarEast);
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
