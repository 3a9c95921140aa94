namespace MlHub.Sdk;

/// <summary>Which datasets to list. The server decides what matches.</summary>
public sealed record DatasetQuery
{
    /// <summary>Only datasets with all of these tags.</summary>
    /// <value>The default is empty: any.</value>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Only datasets whose words hold all of these.</summary>
    /// <value>The default is empty: any.</value>
    public IReadOnlyList<string> Text { get; init; } = [];
}
