using MlHub.Sdk.Downloads.Naming;

namespace MlHub.Sdk.Downloads.Disk;

/// <summary>Says what a failed file operation means for the download.</summary>
internal static class DiskErrors
{
    /// <summary>COR_E_IO: what .NET gives to an error that it has no number for.</summary>
    internal const int Unspecific = unchecked((int)0x80131620);

    /// <summary>ERROR_DISK_FULL.</summary>
    internal const int NoRoom = unchecked((int)0x80070070);

    /// <summary>ERROR_FILE_TOO_LARGE.</summary>
    internal const int TooBig = unchecked((int)0x800700DF);

    // ERROR_HANDLE_DISK_FULL; ENOSPC (28), EDQUOT of Linux (122) and of macOS (69) as .NET hands them through.
    private static readonly int[] Full = [NoRoom, unchecked((int)0x80070027), 28, 122, 69];

    internal static bool IsDiskError(Exception error) =>
        error is IOException or UnauthorizedAccessException or System.Security.SecurityException;

    internal static bool IsFull(Exception error) => error is IOException && Array.IndexOf(Full, error.HResult) >= 0;

    /// <summary>Whether the file is bigger than any may be there: a FAT disk takes 4 GiB, <c>ulimit -f</c> what it says.</summary>
    internal static bool IsTooBig(Exception error) => error is IOException { HResult: TooBig };

    internal static DownloadException Describe(Exception error, string path, bool resumes)
    {
        var (reason, message) = error switch
        {
            _ when IsFull(error) => (DownloadFailure.DiskFull, $"No space left on the disk of '{path}'. Make room and run it again{(resumes ? ": it resumes." : ".")}"),
            _ when IsTooBig(error) => (DownloadFailure.FileSystem, $"'{path}' is bigger than its file system, or `ulimit -f`, lets a file be. Choose another disk, or raise the limit."),
            _ => (DownloadFailure.FileSystem, $"'{path}' cannot be written: {error.Message}"),
        };
        return new DownloadException(reason, message, error) { Path = path };
    }

    /// <summary>Fails when the disk has less room than is still to be written.</summary>
    internal static void RequireRoom(Target target, long needed)
    {
        if (FreeBytes(target.Directory) is { } free && needed > free)
        {
            throw new DownloadException(
                DownloadFailure.DiskFull,
                string.Create(System.Globalization.CultureInfo.InvariantCulture, $"'{target.FinalPath}' needs {needed} more bytes, and its disk has {free} left. Make room and run it again."))
            {
                Path = target.FinalPath,
            };
        }
    }

    private static long? FreeBytes(string directory)
    {
        try
        {
            return new DriveInfo(directory).AvailableFreeSpace;
        }
        catch (Exception unknown) when (unknown is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // Network shares and odd mounts do not tell; preallocation, or the writing itself, will.
            return null;
        }
    }
}
