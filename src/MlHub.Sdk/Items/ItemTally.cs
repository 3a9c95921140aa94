using Microsoft.Extensions.Logging;

namespace MlHub.Sdk;

/// <summary>Decides which items a query asks for, and counts those of which that cannot be known, so that none is lost silently.</summary>
internal sealed partial class ItemTally(ItemQuery query)
{
    private int _seen;
    private int _withoutPlace;
    private int _withoutTime;

    /// <summary>How many items the query asks for, up to now.</summary>
    public int Found { get; private set; }

    /// <summary>Whether the query asks for this item.</summary>
    public bool Counts(Item item)
    {
        _seen++;
        var isFound = IsInPlace(item) && IsInTime(item);
        Found += isFound ? 1 : 0;
        return isFound;
    }

    /// <summary>Says how many items were left out because nothing is known of their place or time.</summary>
    public void Report(ILogger logger)
    {
        if (_withoutPlace > 0)
        {
            WithoutPlace(logger, _withoutPlace, _seen);
        }

        if (_withoutTime > 0)
        {
            WithoutTime(logger, _withoutTime, _seen);
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

    [LoggerMessage(3, LogLevel.Warning, "{Count} of {Seen} items have neither a bbox nor a geometry in degrees. Whether they touch the box is not known, and they were left out.")]
    private static partial void WithoutPlace(ILogger logger, int count, int seen);

    [LoggerMessage(4, LogLevel.Warning, "{Count} of {Seen} items have no time that can be read. Whether it is in the interval is not known, and they were left out.")]
    private static partial void WithoutTime(ILogger logger, int count, int seen);
}
