using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace MlHub.Sdk.Downloads.Files;

/// <summary>The system calls that .NET does not offer, and the numbers they need.</summary>
internal static partial class UnixCalls
{
    internal const int ReadOnly = 0;
    internal const int ReadWrite = 2;

    internal const int CreateNew = 0x40 | 0x80;    // O_CREAT | O_EXCL of Linux
    internal const int ForAll = 0x1b6;             // 0666, less the umask

    internal const int NotPermitted = 1;        // EPERM
    internal const int NotFound = 2;            // ENOENT
    internal const int Interrupted = 4;         // EINTR
    internal const int DiskFailed = 5;          // EIO
    internal const int AccessDenied = 13;       // EACCES
    internal const int AlreadyExists = 17;      // EEXIST

    internal const int LockExclusively = 2;     // LOCK_EX
    internal const int DoNotWaitForLock = 4;    // LOCK_NB
    internal const int SeekHole = 4;            // SEEK_HOLE of Linux
    internal const int SequentialAccess = 2;    // POSIX_FADV_SEQUENTIAL
    internal const uint BeginWriting = 2;       // SYNC_FILE_RANGE_WRITE

    internal const int CurrentDirectory = -100; // AT_FDCWD
    internal const int StatLink = 0x100;        // AT_SYMLINK_NOFOLLOW
    internal const int StatOpenFile = 0x1000;   // AT_EMPTY_PATH
    internal const uint BasicStatus = 0x7ff;    // STATX_BASIC_STATS
    internal const int MostStatus = 256;        // sizeof(struct statx)

    /// <summary>EWOULDBLOCK.</summary>
    internal static readonly int WouldBlock = OperatingSystem.IsMacOS() ? 35 : 11;

    /// <summary>
    /// O_CLOEXEC and O_NONBLOCK: child processes do not inherit the file, and opening a pipe does not wait for its other end. On 32-bit Arm
    /// O_LARGEFILE is added, without which files above 2 GiB do not open.
    /// </summary>
    internal static readonly int WithoutWaiting = OperatingSystem.IsMacOS() ? 0x1000000 | 0x4
        : 0x80000 | 0x800 | (RuntimeInformation.ProcessArchitecture == Architecture.Arm ? 0x20000 : 0);

    /// <summary>O_NOFOLLOW: opening a symbolic link fails.</summary>
    internal static readonly int WithoutFollowing = OperatingSystem.IsMacOS() ? 0x100
        : RuntimeInformation.ProcessArchitecture is Architecture.Arm or Architecture.Arm64 or Architecture.Armv6 or Architecture.Ppc64le ? 0x8000 : 0x20000;

    /// <summary>ATTR_BIT_MAP_COUNT; ATTR_CMN_DEVID, _OBJTYPE, _MODTIME, _FILEID; ATTR_FILE_LINKCOUNT, _DATALENGTH, _DATAALLOCSIZE.</summary>
    internal static ReadOnlySpan<uint> WantedOnMac => [5, 0x2 | 0x8 | 0x400 | 0x2000000, 0, 0, 0x1 | 0x200 | 0x400, 0];

    // open(2) takes a third argument only with O_CREAT. Variable arguments are passed differently on Apple's Arm, so files are created by .NET.
    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Open(string path, int flags);

    // No 32-bit Arm, where its flags have other values.
    [SupportedOSPlatform("linux")]
    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Open(string path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "rename", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Rename(string path, string newPath);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    internal static partial int FLock(SafeFileHandle file, int operation);

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Link(string path, string newPath);

    [SupportedOSPlatform("linux")]
    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int StatX(int directory, string path, int flags, uint mask, Span<byte> status);

    [SupportedOSPlatform("linux")]
    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int StatX(SafeFileHandle file, string path, int flags, uint mask, Span<byte> status);

    // Its options: FSOPT_NOFOLLOW is 1.
    [SupportedOSPlatform("macos")]
    [LibraryImport("libc", EntryPoint = "getattrlist", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int GetAttributesOnMac(string path, ReadOnlySpan<uint> wanted, Span<byte> answer, nuint size, nuint options);

    [SupportedOSPlatform("macos")]
    [LibraryImport("libc", EntryPoint = "fgetattrlist")]
    internal static partial int GetAttributesOnMac(SafeFileHandle file, ReadOnlySpan<uint> wanted, Span<byte> answer, nuint size, nuint options);

    // off_t has the size of a pointer in these two (where it has 32 bits, lseek fails for bigger offsets).
    [SupportedOSPlatform("linux")]
    [LibraryImport("libc", EntryPoint = "lseek", SetLastError = true)]
    internal static partial nint Seek(SafeFileHandle file, nint offset, int whence);

    [SupportedOSPlatform("linux")]
    [LibraryImport("libc", EntryPoint = "posix_fadvise")]
    internal static partial int Advise(SafeFileHandle file, nint offset, nint count, int advice);

    [SupportedOSPlatform("linux")]
    [LibraryImport("libc", EntryPoint = "sync_file_range", SetLastError = true)]
    internal static partial int SyncFileRange(SafeFileHandle file, long offset, long count, uint flags);

    [SupportedOSPlatform("linux")]
    [LibraryImport("libc", EntryPoint = "syncfs", SetLastError = true)]
    internal static partial int SyncFileSystem(SafeFileHandle file);

    [SupportedOSPlatform("linux")]
    [LibraryImport("libc", EntryPoint = "fsetxattr", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int SetAttributeOnLinux(SafeFileHandle file, string name, ReadOnlySpan<byte> value, nuint size, int flags);

    [SupportedOSPlatform("linux")]
    [LibraryImport("libc", EntryPoint = "getxattr", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint GetAttributeOnLinux(string path, string name, Span<byte> value, nuint size);

    [SupportedOSPlatform("macos")]
    [LibraryImport("libc", EntryPoint = "fsetxattr", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int SetAttributeOnMac(SafeFileHandle file, string name, ReadOnlySpan<byte> value, nuint size, uint position, int options);

    [SupportedOSPlatform("macos")]
    [LibraryImport("libc", EntryPoint = "getxattr", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint GetAttributeOnMac(string path, string name, Span<byte> value, nuint size, uint position, int options);
}
