namespace MlHub.Sdk;

/// <summary>The number and size of the files that a filter drops.</summary>
public sealed record FilterEstimate
{
    /// <summary>The property of <see cref="AssetFilter"/>, for example <c>Bbox</c>.</summary>
    public required string Filter { get; init; }

    /// <summary>The files that it drops. Those that a filter before it drops are not counted.</summary>
    public required DownloadEstimate Dropped { get; init; }
}
