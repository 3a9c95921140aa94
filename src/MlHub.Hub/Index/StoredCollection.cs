namespace MlHub.Hub.Index;

/// <summary>A collection of the index.</summary>
internal sealed record StoredCollection
{
    internal required long Id { get; init; }

    internal required string Name { get; init; }

    /// <summary>The file that its document is in. Null if there is none.</summary>
    internal string? Path { get; init; }

    internal string? Entry { get; init; }

    internal string? Dataset { get; init; }

    internal Source Source { get; init; }

    /// <summary>The document. Null if there is none.</summary>
    internal byte[]? Json { get; init; }

    internal bool IsLabel { get; init; }

    /// <summary>The number of its items.</summary>
    internal long Items { get; init; }

    /// <summary>The number of its items that are labels.</summary>
    internal long Labels { get; init; }
}
