using System.Globalization;
using System.IO.Enumeration;

namespace MlHub.Hub.Places;

/// <summary>Lists a directory of this machine. It follows no link, and leaves out what is hidden.</summary>
internal static class LocalDirectory
{
    private static readonly EnumerationOptions Everything = new() { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = true };

    internal static IEnumerable<StoredObject> Files(string root)
    {
        if (!Directory.Exists(root))
        {
            throw new PlaceException($"there is no directory '{root}'");
        }

        return new FileSystemEnumerable<StoredObject>(root, (ref entry) => Of(root, ref entry), Everything)
        {
            ShouldIncludePredicate = (ref entry) => !entry.IsDirectory && !entry.FileName.StartsWith('.'),
            ShouldRecursePredicate = (ref entry) => !entry.FileName.StartsWith('.'),
        };
    }

    private static StoredObject Of(string root, ref FileSystemEntry entry)
    {
        var modified = entry.LastWriteTimeUtc.UtcTicks;
        return new StoredObject(Path.GetRelativePath(root, entry.ToFullPath()).Replace('\\', '/'), entry.Length, string.Create(CultureInfo.InvariantCulture, $"{modified:x}-{entry.Length:x}"), modified);
    }
}
