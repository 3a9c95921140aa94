namespace MlHub.Hub;

/// <summary>A collection that a hub serves.</summary>
public sealed record ServedCollection
{
    /// <summary>The id of the collection.</summary>
    public required string Id { get; init; }

    /// <summary>The id of its dataset.</summary>
    public required string Dataset { get; init; }

    /// <summary>Its kinds: <c>source_imagery</c>, <c>labels</c> or both.</summary>
    public required IReadOnlyList<string> Types { get; init; }

    /// <summary>The number of its items.</summary>
    public required long Items { get; init; }

    /// <summary>The length of its archive in bytes. Null if it has none.</summary>
    public long? ArchiveBytes { get; init; }
}
