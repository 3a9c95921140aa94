using MlHub.Hub.Index;

namespace MlHub.Hub.Serving;

/// <summary>Where a document lies, and what it describes.</summary>
/// <param name="Path">The file in the directory.</param>
/// <param name="Entry">The name in the tarball. Null if the file is not a tarball.</param>
/// <param name="Source">Where it was found.</param>
/// <param name="Collection">The id of the collection.</param>
/// <param name="Item">The id of the item. Null for a collection.</param>
internal sealed record DocumentPlace(string Path, string? Entry, Source Source, string Collection, string? Item)
{
    private string[]? _folder;

    /// <summary>Whether everybody gets the document, without a key.</summary>
    internal bool IsPublic { get; init; }

    internal static DocumentPlace Of(StoredItem item, string collection) => new(item.Path, item.Entry, item.Source, collection, item.Name);

    /// <summary>The folder in which relative hrefs begin: in the archive, or in the directory.</summary>
    internal string[] Folder => _folder ??= Source == Source.Archive ? Above(Entry!)
        : Entry is null ? Above(Path)
        : [.. Above(Path), .. Above(Entry)];

    private static string[] Above(string path) => path.Split('/')[..^1];
}
