namespace MlHub.Hub.Templates;

/// <summary>What a template makes of a file.</summary>
/// <param name="Item">The id of the item.</param>
/// <param name="Asset">The key of the asset.</param>
/// <param name="Values">The values of the names.</param>
internal sealed record TemplateMatch(string Item, string Asset, IReadOnlyDictionary<string, string> Values);
