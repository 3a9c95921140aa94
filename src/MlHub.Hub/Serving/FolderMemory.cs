using System.Collections.Concurrent;

namespace MlHub.Hub.Serving;

/// <summary>Remembers from one request to the next which files were found in folders.</summary>
internal sealed class FolderMemory
{
    // About 10 MB.
    private const int MostFolders = 10_000;

    private readonly ConcurrentDictionary<string, KnownFolder> _folders = new(StringComparer.Ordinal);
    private int _count;

    /// <summary>Looks at a folder. One system call tells whether what is remembered of it is still right.</summary>
    /// <returns>Null if there is none, or if it is a link.</returns>
    internal KnownFolder? Look(string path)
    {
        if (FolderStamp.Of(path) is not { } stamp)
        {
            return null;
        }

        if (_folders.TryGetValue(path, out var known) && known.IsRight(stamp))
        {
            return known;
        }

        if (known is null && Interlocked.Increment(ref _count) > MostFolders)
        {
            _folders.Clear();
            _count = 0;
        }

        return _folders[path] = new KnownFolder(path, stamp);
    }
}
