using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace MlHub.Sdk.Downloads.Files;

/// <summary>Renames a part file to its final name.</summary>
internal static class FinalName
{
    // EEXIST as .NET reports it, ERROR_FILE_EXISTS and ERROR_ALREADY_EXISTS.
    private static readonly int[] Exists = [UnixCalls.AlreadyExists, unchecked((int)0x80070050), unchecked((int)0x800700B7)];

    /// <summary>Renames the part file. Returns false if the final name exists and must not be replaced.</summary>
    internal static bool TryGive(Target target, bool replaces)
    {
        if (replaces)
        {
            // File.Move looks at both names first.
            if (OperatingSystem.IsWindows() || UnixCalls.Rename(target.PartPath, target.FinalPath) != 0)
            {
                File.Move(target.PartPath, target.FinalPath, overwrite: true);
            }

            return true;
        }

        return (OperatingSystem.IsWindows() ? null : TryLink(target)) ?? TryMove(target);
    }

    /// <summary>Flushes the directory, so that the name survives a power failure.</summary>
    internal static void FlushDirectory(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        try
        {
            using var directory = new SafeFileHandle(RegularFile.OpenOnUnix(path, UnixCalls.ReadOnly | UnixCalls.WithoutWaiting), ownsHandle: true);
            RandomAccess.FlushToDisk(directory);
        }
        catch (Exception refused) when (DiskErrors.IsDiskError(refused) && refused.HResult != UnixCalls.DiskFailed)
        {
            // Some network file systems cannot flush a directory. Only a disk that fails is an error.
        }
    }

    /// <summary>Flushes every file of the file system that has this directory, which is one call for any number of files. Only Linux can.</summary>
    /// <returns>Whether it was done.</returns>
    /// <exception cref="IOException">The disk failed.</exception>
    internal static bool TryFlushFileSystem(string directory)
    {
        if (!OperatingSystem.IsLinux())
        {
            return false;
        }

        using var file = new SafeFileHandle(RegularFile.OpenOnUnix(directory, UnixCalls.ReadOnly | UnixCalls.WithoutWaiting), ownsHandle: true);
        return UnixCalls.SyncFileSystem(file) == 0 ? true
            : Marshal.GetLastPInvokeError() is var error && error == UnixCalls.DiskFailed ? throw new IOException(Marshal.GetPInvokeErrorMessage(error), error) : false;
    }

    // On Unix, File.Move checks whether the name is free and then renames, which replaces a file that was created in between. link(2) fails if the name exists.
    // After a kill between link and unlink, the part file has both names. The next run finds the final name, or does not write to the part file.
    private static bool? TryLink(Target target)
    {
        if (UnixCalls.Link(target.PartPath, target.FinalPath) != 0)
        {
            return Marshal.GetLastPInvokeError() == UnixCalls.AlreadyExists ? false : null;
        }

        File.Delete(target.PartPath);
        return true;
    }

    // For Windows, where this is one atomic step, and for file systems without links, such as FAT, which offer nothing better.
    private static bool TryMove(Target target)
    {
        try
        {
            File.Move(target.PartPath, target.FinalPath, overwrite: false);
            return true;
        }
        catch (IOException error) when (Exists.Contains(error.HResult))
        {
            return false;
        }
    }
}
