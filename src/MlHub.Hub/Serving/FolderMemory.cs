using System.Collections.Concurrent;

namespace MlHub.Hub.Serving;

/// <summary>Remembers from one request to the next which files were found in folders.</summary>
/// <param name="time">The clock.</param>
internal sealed class FolderMemory(TimeProvider time)
{
    // About 10 MB.
    private const int MostFolders = 10_000;

    private readonly ConcurrentDictionary<string, KnownFolder> _folders = new(StringComparer.Ordinal);
    private int _count;

    /// <summary>Looks at a folder. One system call tells whether what is remembered of it is still right.</summary>
    /// <param name="path">Its full path.</param>
    /// <param name="isReached">Whether no folder around it is a link. It is asked for a folder that is not remembered.</param>
    /// <returns>Null if there is none that may be served.</returns>
    internal KnownFolder? Look(string path, Func<string, bool> isReached)
    {
        if (FolderStamp.Of(path) is not { } stamp)
        {
            return null;
        }

        var now = time.GetUtcNow();
        if (_folders.TryGetValue(path, out var known) && known.IsRight(stamp, now))
        {
            return known;
        }

        if (!isReached(path))
        {
            return null;
        }

        if (known is null && Interlocked.Increment(ref _count) > MostFolders)
        {
            _folders.Clear();
            _count = 0;
        }

        return _folders[path] = new KnownFolder(path, stamp, now);
    }
}
