using System.Buffers;
using MlHub.Hub.Reading;

namespace MlHub.Hub.Serving;

/// <summary>Finds files in a directory by paths that come from the network or from a STAC file. No path leads out of the directory, and links are not followed.</summary>
/// <param name="root">The full path of the directory.</param>
/// <param name="time">The clock; null for that of the system.</param>
internal sealed class SafePath(string root, TimeProvider? time = null)
{
    private static readonly SearchValues<char> Separators = SearchValues.Create("/\\\0");
    private static readonly SearchValues<char> NotInWindows = SearchValues.Create(":*?\"<>|");

    private readonly FolderMemory _memory = new(time ?? TimeProvider.System);

    /// <summary>A file, or null if there is none that may be served.</summary>
    /// <param name="segments">The segments of its path in the directory.</param>
    internal FileInfo? Find(ReadOnlySpan<string> segments)
    {
        if (PathOf(segments) is not { } path || !IsReached(path))
        {
            return null;
        }

        var file = new FileInfo(path);
        return IsReal(file) ? file : null;
    }

    /// <summary>Whether there is a file that may be served.</summary>
    /// <param name="folder">The segments of the path of its folder.</param>
    /// <param name="name">Its name.</param>
    /// <param name="known">The folders that the request has seen.</param>
    internal bool Has(string[] folder, string name, KnownFolders known)
    {
        if (!known.TryGet(folder, out var found))
        {
            known.Add(folder, found = folder.Length == 0 ? new KnownFolder(root, FolderStamp.Unknown, default) : PathOf(folder) is { } path ? _memory.Look(path, IsReached) : null);
        }

        return found is not null && found.Has(name);
    }

    // The full path, if all segments are plain.
    private string? PathOf(ReadOnlySpan<string> segments)
    {
        foreach (var segment in segments)
        {
            if (!IsPlain(segment))
            {
                return null;
            }
        }

        return segments.Length == 0 ? null : Path.Combine(root, string.Join(Path.DirectorySeparatorChar, segments));
    }

    // Whether all folders between the root and a path are folders, and no links.
    private bool IsReached(string path)
    {
        for (var folder = Path.GetDirectoryName(path); folder?.Length > root.Length; folder = Path.GetDirectoryName(folder))
        {
            if (!IsReal(new DirectoryInfo(folder)))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether a name is the name of a file or a folder, and nothing else for any system. Hidden ones are not served.</summary>
    internal static bool IsPlain(string name) =>
        name.Length > 0 && name.AsSpan().IndexOfAny(Separators) < 0 && FileNames.WhyNot(name) is null && (!OperatingSystem.IsWindows() || name.AsSpan().IndexOfAny(NotInWindows) < 0);

    /// <summary>Whether there is a file or a folder that is not a link.</summary>
    internal static bool IsReal(FileSystemInfo info) => info.Exists && (info.Attributes & FileAttributes.ReparsePoint) == 0;
}
