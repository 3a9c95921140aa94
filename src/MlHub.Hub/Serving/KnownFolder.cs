using System.Collections.Concurrent;

namespace MlHub.Hub.Serving;

/// <summary>A folder that may be served, and which files were found in it. What was found is right as long as the folder has the same stamp.</summary>
/// <param name="path">The full path.</param>
/// <param name="stamp">The stamp that the folder had before the first file was looked for.</param>
/// <param name="now">The time.</param>
internal sealed class KnownFolder(string path, FolderStamp stamp, DateTimeOffset now)
{
    private const int MostFiles = 10_000;

    // Some network file systems do not change the time of a folder.
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, bool> _files = new(concurrencyLevel: 1, capacity: 3, StringComparer.Ordinal);
    private readonly bool _isStable = stamp.IsStable(now);
    private readonly DateTimeOffset _until = now + Longest;

    /// <summary>Whether what was found is still right.</summary>
    /// <param name="current">The stamp that the folder has now.</param>
    /// <param name="time">The time.</param>
    internal bool IsRight(FolderStamp current, DateTimeOffset time) => _isStable && stamp == current && time < _until;

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

    private bool Look(string name) => SafePath.IsPlain(name) && SafePath.IsReal(new FileInfo(Path.Combine(path, name)));
}
