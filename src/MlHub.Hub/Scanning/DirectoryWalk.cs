using System.IO.Enumeration;
using MlHub.Hub.Reading;

namespace MlHub.Hub.Scanning;

/// <summary>Finds the files of a directory that the hub reads: JSON files and tarballs. It follows no link.</summary>
/// <param name="root">The full path of the directory.</param>
internal sealed class DirectoryWalk(string root)
{
    private static readonly EnumerationOptions Everything = new() { AttributesToSkip = 0, IgnoreInaccessible = false };

    /// <summary>All of these files, folder by folder.</summary>
    internal IEnumerable<FoundFile> Files()
    {
        var folders = new Stack<Folder>();
        folders.Push(new Folder("", null, null));
        while (folders.TryPop(out var folder))
        {
            var entries = Entries(folder);
            var context = WithContext(folder, entries);
            foreach (var found in entries)
            {
                if (found.IsFolder)
                {
                    folders.Push(context with { Path = found.File.Path });
                }
                else
                {
                    yield return found.File with { Folder = context };
                }
            }
        }
    }

    private List<Found> Entries(Folder folder)
    {
        try
        {
            return [.. new FileSystemEnumerable<Found>(Path.Combine(root, folder.Path), (ref entry) => Of(ref entry, folder), Everything)
            {
                ShouldIncludePredicate = IsOfInterest,
            }];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return [new Found(new FoundFile(folder.Path.Length == 0 ? "." : folder.Path, 0, 0, folder) { WhyNot = "the folder cannot be read" }, IsFolder: false)];
        }
    }

    // Images and other assets are found when they are asked for.
    private static bool IsOfInterest(ref FileSystemEntry entry) =>
        !entry.FileName.SequenceEqual(FileNames.Own)
        && (entry.IsDirectory || IsLink(ref entry) || entry.FileName.StartsWith('.') || entry.FileName.EndsWith(".json", StringComparison.OrdinalIgnoreCase)
            || entry.FileName.EndsWith(".geojson", StringComparison.OrdinalIgnoreCase) || entry.FileName.EndsWith(FileNames.Tarball, StringComparison.OrdinalIgnoreCase)
            || FileNames.WhyNot(entry.FileName.ToString()) is not null);

    private static Found Of(ref FileSystemEntry entry, Folder folder)
    {
        var name = entry.FileName.ToString();
        var isLink = IsLink(ref entry);
        var whyNot = FileNames.WhyNot(name) ?? (isLink ? "it is a link, and links are not followed" : null);
        if (entry.IsDirectory && whyNot is null)
        {
            return new Found(new FoundFile(folder.Child(name), 0, 0, folder), IsFolder: true);
        }

        var (size, modified) = isLink || entry.IsDirectory ? (0, 0) : (entry.Length, entry.LastWriteTimeUtc.UtcTicks);
        return new Found(
            new FoundFile(folder.Child(name), size, modified, folder) { WhyNot = whyNot ?? (size == 0 ? "it is empty" : null) }, IsFolder: false);
    }

    private static bool IsLink(ref FileSystemEntry entry) => (entry.Attributes & FileAttributes.ReparsePoint) != 0;

    private Folder WithContext(Folder folder, List<Found> entries)
    {
        var dataset = folder.Dataset ?? (Has(FileNames.Catalog) ? folder.Path.Length == 0 ? DatasetOfRoot() : folder.Path[(folder.Path.LastIndexOf('/') + 1)..] : null);
        return folder with { Dataset = dataset, Collection = Has(FileNames.Collection) ? IdIn(folder, FileNames.Collection) ?? folder.Collection : folder.Collection };

        bool Has(string name) => entries.Exists(found => !found.IsFolder && found.File.WhyNot is null && found.File.Path == folder.Child(name));
    }

    // The name of the directory says nothing: it may be "data".
    private string DatasetOfRoot() => IdIn(new Folder("", null, null), FileNames.Catalog) ?? Path.GetFileName(root);

    private string? IdIn(Folder folder, string name)
    {
        try
        {
            return StacDocument.Read(File.ReadAllBytes(Path.Combine(root, folder.Path, name)))?.Id;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or System.Text.Json.JsonException)
        {
            // The file is read again, and then reported.
            return null;
        }
    }

    private readonly record struct Found(FoundFile File, bool IsFolder);
}
