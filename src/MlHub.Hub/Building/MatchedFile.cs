using MlHub.Hub.Templates;

namespace MlHub.Hub.Building;

/// <summary>A file that a template has made an asset.</summary>
/// <param name="File">Its number in the index.</param>
/// <param name="Key">Its key.</param>
/// <param name="Size">Its length in bytes. -1 if it is not known.</param>
/// <param name="Collection">The collection.</param>
/// <param name="Match">The item and the asset.</param>
internal sealed record MatchedFile(long File, string Key, long Size, string Collection, TemplateMatch Match);
