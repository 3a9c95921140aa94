namespace MlHub.Hub.Index;

/// <summary>An item to be stored.</summary>
internal sealed record IndexedItem
{
    internal required string Collection { get; init; }

    internal required string Name { get; init; }

    internal required long File { get; init; }

    /// <summary>The name in the tarball. Null for a file of the directory.</summary>
    internal string? Entry { get; init; }

    internal required Source Source { get; init; }

    internal (double West, double South, double East, double North)? Box { get; init; }

    internal (long Start, long End)? Time { get; init; }

    internal string Extensions { get; init; } = "";

    internal bool IsLabel { get; init; }

    internal bool IsModel { get; init; }

    /// <summary>Whether the server can send the document as it is.</summary>
    internal bool IsRegular { get; init; }

    /// <summary>The bytes of the document, compressed by <see cref="Body"/>.</summary>
    internal required byte[] Body { get; init; }
}
