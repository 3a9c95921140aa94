using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace MlHub.Sdk.Downloads.Disk;

/// <summary>What .NET has no call for.</summary>
internal static partial class UnixCalls
{
    /// <summary>SYNC_FILE_RANGE_WRITE: begin to write what is dirty, and do not wait.</summary>
    internal const uint BeginWriting = 2;

    internal const int ReadOnly = 0;

    /// <summary>AT_FDCWD: a path that is not absolute begins where the process is.</summary>
    internal const int CurrentDirectory = -100;

    /// <summary>AT_SYMLINK_NOFOLLOW.</summary>
    internal const int FollowNoLink = 0x100;

    /// <summary>FSOPT_NOFOLLOW.</summary>
    internal const nuint FollowNoLinkOnMac = 1;

    /// <summary>STATX_TYPE.</summary>
    internal const uint FileType = 1;

    /// <summary>STATX_NLINK.</summary>
    internal const uint LinkCount = 4;

    /// <summary>STATX_BLOCKS.</summary>
    internal const uint BlockCount = 0x400;

    /// <summary>O_NONBLOCK: the opening of a pipe does not wait for its other end.</summary>
    internal static readonly int DoNotWait = OperatingSystem.IsMacOS() ? 4 : 0x800;

    [SupportedOSPlatform("linux")]
    [LibraryImport("libc", EntryPoint = "sync_file_range", SetLastError = true)]
    internal static partial int SyncFileRange(SafeFileHandle file, long offset, long count, uint flags);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Open(string path, int flags);

    [SupportedOSPlatform("linux")]
    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int StatX(int directory, string path, int flags, uint mask, Span<byte> status);

    [SupportedOSPlatform("macos")]
    [LibraryImport("libc", EntryPoint = "getattrlist", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int GetAttributesOnMac(string path, ReadOnlySpan<uint> wanted, Span<uint> answer, nuint size, nuint options);

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Link(string path, string newPath);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    internal static partial int FSync(int file);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    internal static partial int Close(int file);

    [SupportedOSPlatform("linux")]
    [LibraryImport("libc", EntryPoint = "setxattr", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int SetAttributeOnLinux(string path, string name, ReadOnlySpan<byte> value, nuint size, int flags);

    [SupportedOSPlatform("linux")]
    [LibraryImport("libc", EntryPoint = "getxattr", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint GetAttributeOnLinux(string path, string name, Span<byte> value, nuint size);

    [SupportedOSPlatform("macos")]
    [LibraryImport("libc", EntryPoint = "setxattr", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int SetAttributeOnMac(string path, string name, ReadOnlySpan<byte> value, nuint size, uint position, int options);

    [SupportedOSPlatform("macos")]
    [LibraryImport("libc", EntryPoint = "getxattr", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint GetAttributeOnMac(string path, string name, Span<byte> value, nuint size, uint position, int options);
}
