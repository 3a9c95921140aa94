namespace MlHub.Server;

/// <summary>A page should start at an item that is not in the collection.</summary>
/// <param name="itemId">The id that was asked for.</param>
public sealed class UnknownItemException(string itemId) : Exception($"Item {itemId} does not exist.")
{
    /// <summary>The id that was asked for.</summary>
    public string ItemId { get; } = itemId;
}
