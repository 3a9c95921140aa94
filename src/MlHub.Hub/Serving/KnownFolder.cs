using System.Collections.Concurrent;

namespace MlHub.Hub.Serving;

/// <summary>A folder that may be served, and which files were found in it. What was found is right as long as the folder has the same stamp.</summary>
/// <param name="path">The full path.</param>
/// <param name="stamp">The stamp that the folder had before the first file was looked for.</param>
internal sealed class KnownFolder(string path, FolderStamp stamp)
{
    private const int MostFiles = 10_000;

    // Some network file systems do not change the time of a folder.
    private const int MostMilliseconds = 10_000;

    private readonly ConcurrentDictionary<string, bool> _files = new(concurrencyLevel: 1, capacity: 3, StringComparer.Ordinal);
    private readonly bool _isStable = stamp.IsStable;
    private readonly long _until = Environment.TickCount64 + MostMilliseconds;

    /// <summary>Whether another request may use what was found.</summary>
    /// <param name="now">The stamp that the folder has now.</param>
    internal bool IsRight(FolderStamp now) => _isStable && stamp == now && Environment.TickCount64 < _until;

    /// <summary>Whether there is a file with this name. Links are none.</summary>
    internal bool Has(string name)
    {
        if (!_isStable)
        {
            return Look(name);
        }

        if (!_files.TryGetValue(name, out var isThere))
        {
            isThere = Look(name);
            if (_files.Count < MostFiles)
            {
                _files[name] = isThere;
            }
        }

        return isThere;
    }

    private bool Look(string name)
    {
        var file = new FileInfo(Path.Combine(path, name));
        return file.Exists && (file.Attributes & FileAttributes.ReparsePoint) == 0;
    }
}
