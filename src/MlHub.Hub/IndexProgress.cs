namespace MlHub.Hub;

/// <summary>How far the indexing of a directory is.</summary>
public sealed record IndexProgress
{
    /// <summary>The number of JSON files and tarballs that were read.</summary>
    public required long Files { get; init; }

    /// <summary>The number of STAC items that were found.</summary>
    public required long Items { get; init; }

    /// <summary>The file that was read last: its path in the directory.</summary>
    public required string Path { get; init; }
}
