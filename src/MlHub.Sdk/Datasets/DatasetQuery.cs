namespace MlHub.Sdk;

/// <summary>A filter for datasets. The server applies it.</summary>
public sealed record DatasetQuery
{
    /// <summary>Only datasets with all of these tags.</summary>
    /// <value>The default is empty: no filter.</value>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Only datasets whose text contains all of these words.</summary>
    /// <value>The default is empty: no filter.</value>
    public IReadOnlyList<string> Text { get; init; } = [];
}
