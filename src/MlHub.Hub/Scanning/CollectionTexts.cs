namespace MlHub.Hub.Scanning;

/// <summary>What somebody says about a collection.</summary>
/// <param name="Description">Its description.</param>
internal sealed record CollectionTexts(string Description)
{
    internal string? Title { get; init; }

    internal string? License { get; init; }

    /// <summary>Its box: west, south, east and north. Null for the box around its items.</summary>
    internal IReadOnlyList<double>? Box { get; init; }
}
