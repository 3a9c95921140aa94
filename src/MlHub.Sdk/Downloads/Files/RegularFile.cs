using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace MlHub.Sdk.Downloads.Files;

/// <summary>
/// Opens and creates files in directories where others may plant things. What is opened is a regular file, and opening it never waits for the
/// other end of a pipe; what is created is new. So nothing is read from or written to where a planted link leads.
/// </summary>
internal static class RegularFile
{
    private const long LeastReserved = 1024 * 1024;

    /// <summary>Opens a file that is there.</summary>
    /// <exception cref="FileNotFoundException">Nothing is there.</exception>
    /// <exception cref="IOException">It is not a regular file, or a link where links are not followed.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be opened so.</exception>
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

    /// <summary>Makes a new file in the place of whatever lies there. A link or a pipe there is removed itself, and a directory is an error.</summary>
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

    /// <summary>As <see cref="Create"/>, with the room for its length reserved where that is enough to matter.</summary>
    /// <exception cref="IOException">The disk has no room, or no file may be so long there; nothing is left.</exception>
    internal static SafeFileHandle CreateReserved(string path, long length)
    {
        try
        {
            return Create(path, length < LeastReserved ? 0 : length);
        }
        catch (IOException error) when (length >= LeastReserved && error.HResult == DiskErrors.Unspecific)
        {
            // .NET has removed the file again, and tells only in its message which of the two it was. Setting a length needs no room.
            using var probe = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read, FileOptions.DeleteOnClose);
            SetLength(probe, length);
            throw new IOException(error.Message, DiskErrors.NoRoom);
        }
    }

    /// <summary>Removes what lies there, unless it is a directory, which is none of the engine's.</summary>
    internal static void DeleteIfThere(string path)
    {
        // unlink(2) locks the directory even where there is nothing to remove. Many small files in one directory would wait for each other.
        if (FileStatus.At(path, followsLinks: false) is { Kind: not FileKind.Directory })
        {
            File.Delete(path);
        }
    }

    /// <summary>Writes, and reports a file that grows too big as an <see cref="IOException"/>.</summary>
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

    /// <summary>Cuts or extends, and reports a file that grows too big as an <see cref="IOException"/>.</summary>
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

    /// <summary>Reads until there is no room left, or to the end of the file.</summary>
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
        File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read, FileOptions.None, reserved);

    /// <summary>A descriptor, opened with the flags of open(2).</summary>
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

    private static IOException NotRegular(string path) => new($"'{path}' is a link, a directory, a pipe or a device, and not a file.");

    // .NET reports EFBIG as an argument out of range. No other argument can be: positions are never negative.
    private static IOException TooBig(ArgumentOutOfRangeException error) => new(error.Message, DiskErrors.TooBig);
}
