namespace MlHub.Sdk.Assets.Layout;

/// <summary>What a template makes the path of an asset from. Nothing in it is trusted.</summary>
/// <param name="Dataset">The id of the dataset.</param>
/// <param name="Collection">The id of the collection; empty if there is none.</param>
/// <param name="Item">The id of the item, or what stands for it.</param>
/// <param name="Key">The key.</param>
/// <param name="Extension">The extension with its dot; empty if there is none.</param>
/// <param name="Time">The time of the item, or its start. Null if it has none.</param>
internal sealed record AssetNames(string Dataset, string Collection, string Item, string Key, string Extension, DateTimeOffset? Time);
