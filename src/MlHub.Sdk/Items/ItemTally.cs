using Microsoft.Extensions.Logging;

namespace MlHub.Sdk;

/// <summary>Decides which items match a query, and counts the items for which this is unknown, so that none is lost silently.</summary>
internal sealed partial class ItemTally(ItemQuery query)
{
    private int _seen;
    private int _withoutPlace;
    private int _withoutTime;

    /// <summary>The number of matching items so far.</summary>
    public int Found { get; private set; }

    /// <summary>Whether the item matches the query.</summary>
    public bool Counts(Item item)
    {
        _seen++;
        var isFound = IsInPlace(item) && IsInTime(item);
        Found += isFound ? 1 : 0;
        return isFound;
    }

    /// <summary>Logs the number of items that were left out because their place or time is unknown.</summary>
    public void Report(ILogger logger)
    {
        if (_withoutPlace > 0)
        {
            ItemsWithoutBbox(logger, _withoutPlace, _seen);
        }

        if (_withoutTime > 0)
        {
            ItemsWithoutTime(logger, _withoutTime, _seen);
        }
    }

    private bool IsInPlace(Item item)
    {
        if (query.Bbox is null)
        {
            return true;
        }

        var place = item.Place;
        _withoutPlace += place is null ? 1 : 0;
        return place is not null && query.Bbox.Intersects(place);
    }

    private bool IsInTime(Item item)
    {
        if (query.DateTime is null)
        {
            return true;
        }

        var time = item.Time;
        _withoutTime += time is null ? 1 : 0;
        return time is not null && query.DateTime.Intersects(time);
    }

    [LoggerMessage(104, LogLevel.Warning, "{Count} of {Seen} items have neither a bbox nor a geometry in degrees. They were left out, because it is unknown whether they intersect the box.")]
    private static partial void ItemsWithoutBbox(ILogger logger, int count, int seen);

    [LoggerMessage(105, LogLevel.Warning, "{Count} of {Seen} items have no valid time. They were left out, because it is unknown whether they are in the interval.")]
    private static partial void ItemsWithoutTime(ILogger logger, int count, int seen);
}
