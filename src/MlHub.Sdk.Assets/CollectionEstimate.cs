namespace MlHub.Sdk;

/// <summary>The number and size of the selected files of a collection.</summary>
public sealed record CollectionEstimate
{
    /// <summary>The id of the collection. Empty for items without a collection.</summary>
    public required string CollectionId { get; init; }

    /// <summary>The files.</summary>
    public required DownloadEstimate Estimate { get; init; }
}
