namespace MlHub.Sdk;

/// <summary>The number and size of the selected files of a dataset. A file that items share counts once.</summary>
public sealed record AssetsEstimate
{
    /// <summary>All selected files.</summary>
    public required DownloadEstimate Total { get; init; }

    /// <summary>The selected files of each collection that has some, by the id of the collection.</summary>
    public IReadOnlyList<CollectionEstimate> Collections { get; init; } = [];

    /// <summary>What each filter drops of what the filters before it leave, in the order in which they are applied.</summary>
    public IReadOnlyList<FilterEstimate> Filters { get; init; } = [];
}
