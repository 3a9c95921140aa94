namespace MlHub.Hub.Scanning;

/// <summary>A folder of the directory, and what its place says about the documents in it.</summary>
/// <param name="Path">Its path in the directory. Empty for the directory itself.</param>
/// <param name="Dataset">The dataset, which is the topmost folder with a <c>catalog.json</c>. Null if there is none.</param>
/// <param name="Collection">The id of the collection whose <c>collection.json</c> is nearest above. Null if there is none.</param>
internal sealed record Folder(string Path, string? Dataset, string? Collection)
{
    internal string Child(string name) => Path.Length == 0 ? name : $"{Path}/{name}";
}
