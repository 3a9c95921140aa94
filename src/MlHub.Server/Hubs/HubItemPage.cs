using System.Text.Json;

namespace MlHub.Server;

/// <summary>A page of a collection's items.</summary>
public sealed record HubItemPage
{
    /// <summary>The items, in the collection's order.</summary>
    public required IReadOnlyList<JsonElement> Items { get; init; }

    /// <summary>How many items the query matches on all its pages together.</summary>
    public required int Matched { get; init; }

    /// <summary>Whether a page comes before this one.</summary>
    public required bool HasPrevious { get; init; }

    /// <summary>Whether a page comes after this one.</summary>
    public required bool HasNext { get; init; }
}
