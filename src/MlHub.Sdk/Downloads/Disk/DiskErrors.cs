using MlHub.Sdk.Downloads.Naming;

namespace MlHub.Sdk.Downloads.Disk;

/// <summary>Says what a failed file operation means for the download.</summary>
internal static class DiskErrors
{
    // ERROR_DISK_FULL and ERROR_HANDLE_DISK_FULL; ENOSPC (28) and EDQUOT (122) as .NET hands them through; what preallocation throws.
    private static readonly int[] Full = [unchecked((int)0x80070070), unchecked((int)0x80070027), 28, 122, unchecked((int)0x80131620)];

    internal static bool IsDiskError(Exception error) => error is IOException or UnauthorizedAccessException or System.Security.SecurityException;

    internal static bool IsFull(Exception error) => error is IOException && Array.IndexOf(Full, error.HResult) >= 0;

    internal static DownloadException Describe(Exception error, string path, bool resumes) => IsFull(error)
        ? new DownloadException(DownloadFailure.DiskFull, $"No space left on the disk of '{path}'. Make room and run it again{(resumes ? ": it resumes." : ".")}", error) { Path = path }
        : new DownloadException(DownloadFailure.FileSystem, $"'{path}' cannot be written: {error.Message}", error) { Path = path };

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
