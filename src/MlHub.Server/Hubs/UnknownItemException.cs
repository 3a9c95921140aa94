namespace MlHub.Server;

/// <summary>A page was to start at an item that its collection does not hold.</summary>
/// <param name="itemId">The id that was asked for.</param>
public sealed class UnknownItemException(string itemId) : Exception($"Item {itemId} does not exist.")
{
    /// <summary>The id that was asked for.</summary>
    public string ItemId { get; } = itemId;
}
