using System.Buffers;
using MlHub.Hub.Reading;

namespace MlHub.Hub.Serving;

/// <summary>Finds files in a directory by paths that come from the network or from a STAC file. No path leads out of the directory, and links are not followed.</summary>
/// <param name="root">The full path of the directory.</param>
internal sealed class SafePath(string root)
{
    private static readonly SearchValues<char> Separators = SearchValues.Create("/\\\0");
    private static readonly SearchValues<char> NotInWindows = SearchValues.Create(":*?\"<>|");

    /// <summary>A file, or null if there is none that may be served.</summary>
    /// <param name="segments">The segments of its path in the directory.</param>
    internal FileInfo? Find(ReadOnlySpan<string> segments)
    {
        if (segments.Length == 0)
        {
            return null;
        }

        var path = root;
        foreach (var segment in segments[..^1])
        {
            path = Path.Combine(path, segment);
            if (!IsPlain(segment) || !IsReal(new DirectoryInfo(path)))
            {
                return null;
            }
        }

        return IsPlain(segments[^1]) && new FileInfo(Path.Combine(path, segments[^1])) is var file && IsReal(file) ? file : null;
    }

    /// <summary>Whether a name is the name of a file or a folder, and nothing else for any system. Hidden ones are not served.</summary>
    private static bool IsPlain(string name) =>
        name.Length > 0 && name.AsSpan().IndexOfAny(Separators) < 0 && FileNames.WhyNot(name) is null && (!OperatingSystem.IsWindows() || name.AsSpan().IndexOfAny(NotInWindows) < 0);

    private static bool IsReal(FileSystemInfo info) => info.Exists && (info.Attributes & FileAttributes.ReparsePoint) == 0;
}
