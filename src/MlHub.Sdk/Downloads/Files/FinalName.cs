using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace MlHub.Sdk.Downloads.Files;

/// <summary>Gives a part its final name.</summary>
internal static class FinalName
{
    // EEXIST as .NET passes it on, ERROR_FILE_EXISTS and ERROR_ALREADY_EXISTS.
    private static readonly int[] Exists = [UnixCalls.AlreadyExists, unchecked((int)0x80070050), unchecked((int)0x800700B7)];

    /// <summary>Renames the part. False when the final name is taken and is not to be replaced.</summary>
    internal static bool TryGive(Target target, bool replaces)
    {
        if (replaces)
        {
            File.Move(target.PartPath, target.FinalPath, overwrite: true);
            return true;
        }

        return (OperatingSystem.IsWindows() ? null : TryLink(target)) ?? TryMove(target);
    }

    /// <summary>Flushes the directory, so that the name survives a power cut.</summary>
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

    // On Unix, File.Move looks whether the name is free and then renames, over whatever has come in between. link(2) fails where there is a
    // name. After a kill between the two steps the part has both names. The next run finds the final one, or does not write to the part.
    private static bool? TryLink(Target target)
    {
        if (UnixCalls.Link(target.PartPath, target.FinalPath) != 0)
        {
            return Marshal.GetLastPInvokeError() == UnixCalls.AlreadyExists ? false : null;
        }

        File.Delete(target.PartPath);
        return true;
    }

    // For Windows, which does it in one step, and for file systems without links, such as FAT, which have nothing better.
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
