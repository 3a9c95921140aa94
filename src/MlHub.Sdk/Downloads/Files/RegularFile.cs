using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace MlHub.Sdk.Downloads.Files;

/// <summary>
/// Opens and creates files safely in directories that other users can write to. Only regular files are opened, and opening never waits for the other end of a
/// pipe. Created files are always new. Links planted by other users are therefore never read or written through.
/// </summary>
internal static class RegularFile
{
    private const long LeastReserved = 1024 * 1024;

    /// <summary>Opens an existing file.</summary>
    /// <exception cref="FileNotFoundException">The path does not exist.</exception>
    /// <exception cref="IOException">The path is not a regular file, or it is a link and links are not followed.</exception>
    /// <exception cref="UnauthorizedAccessException">There is no permission for this access.</exception>
    internal static SafeFileHandle Open(string path, FileAccess access, bool followsLinks = false)
    {
        if (OperatingSystem.IsWindows())
        {
            return FileStatus.At(path, followsLinks) is null or { IsRegular: true }
                ? File.OpenHandle(path, FileMode.Open, access, access == FileAccess.Read ? FileShare.ReadWrite | FileShare.Delete : FileShare.Read)
                : throw NotRegular(path);
        }

        var flags = (access == FileAccess.Read ? UnixCalls.ReadOnly : UnixCalls.ReadWrite) | UnixCalls.WithoutWaiting | (followsLinks ? 0 : UnixCalls.WithoutFollowing);
        var file = new SafeFileHandle(OpenOnUnix(path, flags), ownsHandle: true);
        if (FileStatus.Of(file) is { IsRegular: true })
        {
            return file;
        }

        file.Dispose();
        throw NotRegular(path);
    }

    /// <summary>Creates a new file and replaces an existing entry. An existing link or pipe is removed itself. A directory causes an error.</summary>
    internal static SafeFileHandle Create(string path, long reserved = 0)
    {
        try
        {
            return CreateNew(path, reserved);
        }
        catch (IOException) when (FileStatus.At(path, followsLinks: false) is not null)
        {
            File.Delete(path);
            return CreateNew(path, reserved);
        }
    }

    /// <summary>Like <see cref="Create"/>, and creates the folder of the file if it is missing. If it is there, this takes no further system call.</summary>
    internal static SafeFileHandle CreateInFolder(string path)
    {
        if (TryCreateNew(path) is { } file)
        {
            return file;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        return Create(path);
    }

    /// <summary>Like <see cref="Create"/>, and reserves the disk space if the length is large enough to matter.</summary>
    /// <exception cref="IOException">The disk has not enough space, or the file system does not allow files of this length. No file remains.</exception>
    internal static SafeFileHandle CreateReserved(string path, long length)
    {
        try
        {
            return Create(path, length < LeastReserved ? 0 : length);
        }
        catch (IOException error) when (length >= LeastReserved && error.HResult == DiskErrors.Unspecific)
        {
            // .NET has removed the file again, and only its message says which of the two errors occurred. Setting a length needs no disk space.
            using var probe = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read, FileOptions.DeleteOnClose);
            SetLength(probe, length);
            throw new IOException(error.Message, DiskErrors.NoRoom);
        }
    }

    /// <summary>Removes the entry, unless it is a directory, which this library never creates there.</summary>
    internal static void DeleteIfThere(string path)
    {
        // unlink(2) locks the directory even if there is nothing to remove. Downloads of many small files into one directory would wait for each other.
        if (FileStatus.At(path, followsLinks: false) is { Kind: not FileKind.Directory })
        {
            File.Delete(path);
        }
    }

    /// <summary>Writes bytes, and reports a file that becomes too large as an <see cref="IOException"/>.</summary>
    internal static void Write(SafeFileHandle file, ReadOnlySpan<byte> bytes, long position)
    {
        try
        {
            RandomAccess.Write(file, bytes, position);
        }
        catch (ArgumentOutOfRangeException error)
        {
            throw TooBig(error);
        }
    }

    /// <summary>Truncates or extends the file, and reports a file that becomes too large as an <see cref="IOException"/>.</summary>
    internal static void SetLength(SafeFileHandle file, long length)
    {
        try
        {
            RandomAccess.SetLength(file, length);
        }
        catch (ArgumentOutOfRangeException error)
        {
            throw TooBig(error);
        }
    }

    /// <summary>Reads until the buffer is full, or until the end of the file.</summary>
    internal static int ReadAll(SafeFileHandle file, Span<byte> bytes, long position = 0)
    {
        var total = 0;
        for (int count; total < bytes.Length && (count = RandomAccess.Read(file, bytes[total..], position + total)) > 0; total += count)
        {
        }

        return total;
    }

    // O_CREAT|O_EXCL, which follows no link (open(2)).
    private static SafeFileHandle CreateNew(string path, long reserved) =>
        reserved == 0 && TryCreateNew(path) is { } file ? file : File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read, FileOptions.None, reserved);

    // .NET also locks a new file, which takes five system calls and keeps nobody out that the lock file does not keep out. Null on any error, which .NET then describes.
    private static SafeFileHandle? TryCreateNew(string path) => OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture != Architecture.Arm
        && UnixCalls.Open(path, UnixCalls.ReadWrite | UnixCalls.WithoutWaiting | UnixCalls.CreateNew, UnixCalls.ForAll) is >= 0 and var descriptor ? new SafeFileHandle(descriptor, ownsHandle: true) : null;

    /// <summary>Opens a file descriptor with the flags of open(2).</summary>
    internal static int OpenOnUnix(string path, int flags)
    {
        int descriptor, error;
        do
        {
            descriptor = UnixCalls.Open(path, flags);
            error = Marshal.GetLastPInvokeError();
        }
        while (descriptor < 0 && error == UnixCalls.Interrupted);

        return descriptor >= 0 ? descriptor : throw (error switch
        {
            UnixCalls.NotFound => new FileNotFoundException($"'{path}' does not exist.", path),
            UnixCalls.AccessDenied or UnixCalls.NotPermitted => new UnauthorizedAccessException($"Access to '{path}' is denied."),
            _ when FileStatus.At(path, followsLinks: false) is { IsRegular: false } => NotRegular(path),
            _ => new IOException($"'{path}' cannot be opened: {Marshal.GetPInvokeErrorMessage(error)}", error),
        });
    }

    private static IOException NotRegular(string path) => new($"'{path}' is a link, a directory, a pipe or a device, not a file.");

    // .NET reports EFBIG as an ArgumentOutOfRangeException. No other argument can be out of range, because positions are never negative.
    private static IOException TooBig(ArgumentOutOfRangeException error) => new(error.Message, DiskErrors.TooBig);
}
