using System.Globalization;

namespace MlHub.Sdk.Downloads.Files;

/// <summary>Translates a failed file operation into a <see cref="DownloadException"/>.</summary>
internal static class DiskErrors
{
    /// <summary>COR_E_IO, which .NET uses for errors without an error code.</summary>
    internal const int Unspecific = unchecked((int)0x80131620);

    /// <summary>ERROR_DISK_FULL.</summary>
    internal const int NoRoom = unchecked((int)0x80070070);

    /// <summary>ERROR_FILE_TOO_LARGE.</summary>
    internal const int TooBig = unchecked((int)0x800700DF);

    private const int ReadOnlyOnUnix = 30; // EROFS
    private const int ReadOnlyOnWindows = unchecked((int)0x80070013); // ERROR_WRITE_PROTECT

    // The second is ERROR_HANDLE_DISK_FULL. The rest are errno values, which .NET passes on: ENOSPC, and EDQUOT of Linux and of macOS.
    private static readonly int[] Full = [NoRoom, unchecked((int)0x80070027), 28, 122, 69];

    internal static bool IsDiskError(Exception error) =>
        error is IOException or UnauthorizedAccessException or System.Security.SecurityException;

    internal static bool IsFull(Exception error) => error is IOException && Array.IndexOf(Full, error.HResult) >= 0;

    /// <summary>Whether the file exceeds a size limit, such as the 4 GiB of FAT or the limit of <c>ulimit -f</c>.</summary>
    internal static bool IsTooBig(Exception error) => error is IOException { HResult: TooBig };

    /// <summary>Whether a directory takes no new files, from this user or from anyone.</summary>
    internal static bool IsNotWritable(Exception error) =>
        error is UnauthorizedAccessException or FileNotFoundException or DirectoryNotFoundException or IOException { HResult: ReadOnlyOnUnix or ReadOnlyOnWindows };

    /// <summary>The error for a directory in which no file can be created.</summary>
    internal static DownloadException NotWritable(string directory, Exception error)
    {
        return new DownloadException(DownloadFailure.FileSystem, $"The directory '{directory}' cannot be written ({FileErrors.ReasonNotWritten(error)}): set OutputDirectory to another one.", error);
    }

    internal static DownloadException Describe(Exception error, string path, bool resumes)
    {
        var (reason, message) = error switch
        {
            _ when IsFull(error) => (DownloadFailure.DiskFull, $"No space left on the disk of '{path}'. Free some space and run the download again{(resumes ? ": it resumes." : ".")}"),
            _ when IsTooBig(error) => (DownloadFailure.FileSystem, $"'{path}' is larger than its file system or `ulimit -f` allows. Choose another disk, or raise the limit."),
            _ => (DownloadFailure.FileSystem, $"'{path}' cannot be written: {FileErrors.ReasonNotWritten(error, path)}."),
        };
        return new DownloadException(reason, message, error) { Path = path };
    }

    /// <summary>Throws if the disk has less free space than the download still needs.</summary>
    /// <exception cref="DownloadException">The disk does not have enough space.</exception>
    internal static void RequireRoom(Target target, long needed)
    {
        if (FreeBytes(target.Directory) is { } free && needed > free)
        {
            throw new DownloadException(
                DownloadFailure.DiskFull,
                string.Create(CultureInfo.InvariantCulture, $"'{target.FinalPath}' needs {needed} more bytes, and its disk has {free} left. Free some space and run the download again."))
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
            // Network shares and unusual mounts do not report their free space. Reserving the space, or writing, reports a full disk later.
            return null;
        }
    }
}
