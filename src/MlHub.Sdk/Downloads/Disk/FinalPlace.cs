using Microsoft.Win32.SafeHandles;
using MlHub.Sdk.Downloads.Locking;
using MlHub.Sdk.Downloads.Naming;

namespace MlHub.Sdk.Downloads.Disk;

/// <summary>The last step: a whole and verified file gets its final name.</summary>
internal static class FinalPlace
{
    /// <summary>Flushes the file, renames it over whatever lies there, and flushes the directory, so that a power cut leaves either all or nothing.</summary>
    /// <exception cref="DownloadException">The lock was removed by someone else, who may be at work on the same file.</exception>
    internal static void Move(SafeFileHandle file, Target target, TargetLock held, bool flush)
    {
        if (flush)
        {
            RandomAccess.FlushToDisk(file);
        }

        var isSame = IsStill(file, target.PartPath);
        file.Dispose();
        if (!isSame)
        {
            throw new IOException($"'{target.PartPath}' was replaced by something else while it was written.");
        }

        held.RequireHeld(target);
        _ = target.TryGetExisting(out _);
        File.Move(target.PartPath, target.FinalPath, overwrite: true);
        target.DiscardJournal();
        if (flush && !OperatingSystem.IsWindows())
        {
            FlushDirectory(target.Directory);
        }
    }

    // What is renamed is what lies there by name: a moment that only the open file is given shows whether the two are one.
    private static bool IsStill(SafeFileHandle file, string path)
    {
#pragma warning disable CA5394 // It need not be secret.
        File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddTicks(-Random.Shared.NextInt64(TimeSpan.TicksPerSecond)));
#pragma warning restore CA5394
        return File.Exists(path) && File.GetLastWriteTimeUtc(path) == File.GetLastWriteTimeUtc(file) && new FileInfo(path).Length == RandomAccess.GetLength(file);
    }

    // Some network file systems refuse fsync on a directory; there is nothing more to do about it then.
    private static void FlushDirectory(string path)
    {
        var directory = UnixCalls.Open(path, UnixCalls.ReadOnly);
        if (directory >= 0)
        {
            _ = UnixCalls.FSync(directory);
            _ = UnixCalls.Close(directory);
        }
    }
}
