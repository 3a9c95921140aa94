namespace MlHub.Server;

/// <summary>Which of a collection's items make up a page.</summary>
public sealed record HubItemQuery
{
    /// <summary>How many items the page may hold; at least 1.</summary>
    public required int Limit { get; init; }

    /// <summary>The page starts after the item with this id; <see langword="null"/> for the first page.</summary>
    public string? After { get; init; }

    /// <summary>The page ends before the item with this id. It is never set together with <see cref="After"/>.</summary>
    public string? Before { get; init; }

    /// <summary>
    /// Only items that implement all these STAC extensions, each named by its schema's URL or by its short name (<c>eo</c>, <c>label</c>).
    /// </summary>
    public IReadOnlyList<string> Extensions { get; init; } = [];
}
