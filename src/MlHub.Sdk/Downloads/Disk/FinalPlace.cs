using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using MlHub.Sdk.Downloads.Locking;
using MlHub.Sdk.Downloads.Naming;

namespace MlHub.Sdk.Downloads.Disk;

/// <summary>The last step: a whole and verified file gets its final name.</summary>
internal static class FinalPlace
{
    // EEXIST; ERROR_FILE_EXISTS and ERROR_ALREADY_EXISTS.
    private const int Exists = 17;

    // EIO.
    private const int BrokenDisk = 5;
    private static readonly int[] WindowsExists = [unchecked((int)0x80070050), unchecked((int)0x800700B7)];

    /// <summary>Flushes the file, gives it its final name, and flushes the directory, so that a power cut leaves either all or nothing.</summary>
    /// <exception cref="DownloadException">The lock was removed by someone else, who may be at work on the same file.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled before it got its final name.</exception>
    /// <exception cref="FinalNameTaken">Something lies there that is not to be replaced; the file is as it was, closed.</exception>
    internal static void Move(SafeFileHandle file, Target target, TargetLock held, bool replaces, bool flush, CancellationToken cancellationToken)
    {
        if (flush)
        {
            RandomAccess.FlushToDisk(file);
        }

        // That can take long, and whoever cancelled meanwhile is not told that all went well. What was verified is kept as after any other interruption.
        cancellationToken.ThrowIfCancellationRequested();

        var isSame = SameFile.IsAt(target.PartPath, file);
        file.Dispose();
        if (!isSame)
        {
            throw new IOException($"'{target.PartPath}' was replaced by something else while it was written.");
        }

        held.RequireHeld(target);
        _ = target.TryGetExisting(out _);
        Rename(target, replaces);
        held.DiscardJournal(target);
        if (flush && !OperatingSystem.IsWindows())
        {
            FlushDirectory(target.Directory);
        }
    }

    private static void Rename(Target target, bool replaces)
    {
        if (replaces)
        {
            File.Move(target.PartPath, target.FinalPath, overwrite: true);
        }
        else if (OperatingSystem.IsWindows() || !TryLink(target))
        {
            MoveWhereNothingIs(target);
        }
    }

    // .NET looks first and renames then, over what has come between. A second name is only given where there is none; a kill leaves the part
    // with both, which the next run takes for done or does not write to.
    private static bool TryLink(Target target)
    {
        if (UnixCalls.Link(target.PartPath, target.FinalPath) != 0)
        {
            return Marshal.GetLastPInvokeError() == Exists ? throw new FinalNameTaken() : false;
        }

        File.Delete(target.PartPath);
        return true;
    }

    // Windows, which does it in one; and file systems without links, such as FAT, where nothing better is to be had.
    private static void MoveWhereNothingIs(Target target)
    {
        try
        {
            File.Move(target.PartPath, target.FinalPath, overwrite: false);
        }
        catch (IOException error) when (error.HResult == Exists || WindowsExists.Contains(error.HResult))
        {
            throw new FinalNameTaken();
        }
    }

    // Some network file systems refuse fsync on a directory; there is nothing more to do about it then. A disk that fails is another matter.
    private static void FlushDirectory(string path)
    {
        var directory = UnixCalls.Open(path, UnixCalls.ReadOnly);
        if (directory < 0)
        {
            return;
        }

        var hasFailed = UnixCalls.FSync(directory) != 0 && Marshal.GetLastPInvokeError() == BrokenDisk;
        _ = UnixCalls.Close(directory);
        if (hasFailed)
        {
            throw new IOException($"The disk failed while '{path}' was flushed.");
        }
    }
}
