using System.Buffers;
using MlHub.Hub.Reading;

namespace MlHub.Hub.Serving;

/// <summary>Finds files in a directory by paths that come from the network or from a STAC file. No path leads out of the directory, and links are not followed.</summary>
/// <param name="root">The full path of the directory.</param>
internal sealed class SafePath(string root)
{
    private static readonly SearchValues<char> Separators = SearchValues.Create("/\\\0");
    private static readonly SearchValues<char> NotInWindows = SearchValues.Create(":*?\"<>|");

    private readonly FolderMemory _memory = new();

    /// <summary>A file, or null if there is none that may be served.</summary>
    /// <param name="segments">The segments of its path in the directory.</param>
    internal FileInfo? Find(ReadOnlySpan<string> segments)
    {
        if (segments.Length == 0 || !IsPlain(segments[^1]) || FolderOf(segments[..^1], new KnownFolders()) is not { } folder)
        {
            return null;
        }

        var file = new FileInfo(Path.Combine(folder, segments[^1]));
        return file.Exists && (file.Attributes & FileAttributes.ReparsePoint) == 0 ? file : null;
    }

    /// <summary>Whether there is a file that may be served.</summary>
    /// <param name="folder">The segments of the path of its folder.</param>
    /// <param name="name">Its name.</param>
    /// <param name="known">The folders that the request has seen.</param>
    internal bool Has(string[] folder, string name, KnownFolders known)
    {
        if (!known.TryGet(folder, out var found))
        {
            known.Add(folder, found = FolderOf(folder, known) is { } path ? known.Find(path, _memory) : null);
        }

        return found is not null && IsPlain(name) && found.Has(name);
    }

    // The innermost folder, if it and all around it may be served.
    private string? FolderOf(ReadOnlySpan<string> segments, KnownFolders known)
    {
        var path = root;
        foreach (var segment in segments)
        {
            if (!IsPlain(segment))
            {
                return null;
            }

            path = Path.Combine(path, segment);
            if (known.Find(path, _memory) is null)
            {
                return null;
            }
        }

        return path;
    }

    /// <summary>Whether a name is the name of a file or a folder, and nothing else for any system. Hidden ones are not served.</summary>
    private static bool IsPlain(string name) =>
        name.Length > 0 && name.AsSpan().IndexOfAny(Separators) < 0 && FileNames.WhyNot(name) is null && (!OperatingSystem.IsWindows() || name.AsSpan().IndexOfAny(NotInWindows) < 0);
}
