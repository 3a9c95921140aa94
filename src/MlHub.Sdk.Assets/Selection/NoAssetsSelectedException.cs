namespace MlHub.Sdk;

/// <summary>The filters select no asset of the dataset, or the dataset has none.</summary>
public sealed class NoAssetsSelectedException : MlHubException
{
    /// <summary>Creates an exception for a selection that is empty.</summary>
    /// <param name="message">One sentence that says which filter left nothing.</param>
    /// <param name="filter">The property of <see cref="AssetFilter"/> after which nothing was left. Null if the dataset has no assets.</param>
    public NoAssetsSelectedException(string message, string? filter)
        : base(message) => Filter = filter;

    /// <summary>The property of <see cref="AssetFilter"/> after which nothing was left, for example <c>Bbox</c>. Null if the dataset has no assets.</summary>
    public string? Filter { get; }
}
