using MlHub.Server;

namespace MlHub.Hub.Index;

/// <summary>What items must meet, as far as an index can tell.</summary>
internal sealed record ItemSelection
{
    /// <summary>The ids, if only these are wanted.</summary>
    internal IReadOnlyList<string> Ids { get; init; } = [];

    internal HubBbox? Box { get; init; }

    /// <summary>The time at which items must not be over, as ticks of UTC.</summary>
    internal long? From { get; init; }

    /// <summary>The time at which items must have begun, as ticks of UTC.</summary>
    internal long? To { get; init; }

    /// <summary>The extensions that items must have: names, such as <c>eo</c>.</summary>
    internal IReadOnlyList<string> Extensions { get; init; } = [];

    /// <summary>The id that items must follow.</summary>
    internal string? After { get; init; }

    /// <summary>The id that items must precede.</summary>
    internal string? Before { get; init; }

    internal bool IsEmpty => Ids.Count == 0 && !HasBounds && Extensions.Count == 0 && After is null && Before is null;

    /// <summary>Whether a box or a time narrows it.</summary>
    internal bool HasBounds => Box is not null || From is not null || To is not null;

    internal static ItemSelection Of(HubItemQuery query) => new()
    {
        Ids = query.Ids,
        Box = query.Bbox,
        From = query.From?.UtcTicks,
        To = query.To?.UtcTicks,
        Extensions = query.Extensions,
    };
}
