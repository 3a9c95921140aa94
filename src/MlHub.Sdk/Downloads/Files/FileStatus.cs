using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace MlHub.Sdk.Downloads.Files;

/// <summary>The kind of a file system entry.</summary>
internal enum FileKind
{
    Regular,
    Directory,
    Link,

    /// <summary>A pipe, a socket or a device.</summary>
    Other,
}

/// <summary>
/// The status of a file, read without opening it. <paramref name="Names"/> is the number of hard links. <paramref name="Allocated"/> is the disk space in
/// bytes: less than <paramref name="Size"/> if the file has holes or is compressed. <paramref name="Modified"/> is UTC. On Windows, every file has one name, no
/// inode, and as much allocated space as bytes.
/// </summary>
internal readonly record struct FileStatus(FileKind Kind, uint Names, ulong Device, ulong Inode, long Size, long Allocated, DateTime Modified)
{
    internal bool IsRegular => Kind == FileKind.Regular;

    /// <summary>Whether it is the same file as before and was not modified. A new hard link or more allocated space is not a modification.</summary>
    internal bool IsUnchangedSince(FileStatus before) =>
        (Kind, Device, Inode, Size, Modified) == (before.Kind, before.Device, before.Inode, before.Size, before.Modified);

    /// <summary>The status of the entry at a path. Null if there is none, or if the system does not report it.</summary>
    internal static FileStatus? At(string path, bool followsLinks)
    {
        Span<byte> answer = stackalloc byte[UnixCalls.MostStatus];
        return OperatingSystem.IsLinux() ? FromLinux(UnixCalls.StatX(UnixCalls.CurrentDirectory, path, followsLinks ? 0 : UnixCalls.StatLink, UnixCalls.BasicStatus, answer), answer)
            : OperatingSystem.IsMacOS() ? FromMac(UnixCalls.GetAttributesOnMac(path, UnixCalls.WantedOnMac, answer, (nuint)answer.Length, followsLinks ? 0u : 1u), answer)
            : FromDotNet(path, followsLinks);
    }

    /// <summary>The status of an open file. Null if the system does not report it.</summary>
    internal static FileStatus? Of(SafeFileHandle file)
    {
        Span<byte> answer = stackalloc byte[UnixCalls.MostStatus];
        return OperatingSystem.IsLinux() ? FromLinux(UnixCalls.StatX(file, string.Empty, UnixCalls.StatOpenFile, UnixCalls.BasicStatus, answer), answer)
            : OperatingSystem.IsMacOS() ? FromMac(UnixCalls.GetAttributesOnMac(file, UnixCalls.WantedOnMac, answer, (nuint)answer.Length, 0), answer)
            : new FileStatus(FileKind.Regular, 1, 0, 0, RandomAccess.GetLength(file), RandomAccess.GetLength(file), File.GetLastWriteTimeUtc(file));
    }

    /// <summary>
    /// Whether an open file is still the one at the path. An open file keeps its inode, so no other file can have the same one. Windows does not replace a file
    /// that was opened without FileShare.Delete, and this library never uses FileShare.Delete.
    /// </summary>
    internal static bool IsAt(string path, SafeFileHandle file) =>
        OperatingSystem.IsWindows()
        || (At(path, followsLinks: false) is { } there && Of(file) is { } open && (there.Device, there.Inode) == (open.Device, open.Inode));

    private static FileStatus? FromDotNet(string path, bool followsLinks)
    {
        var file = new FileInfo(path);
        var isLink = file.LinkTarget is not null;
        if (isLink && followsLinks)
        {
            return file.ResolveLinkTarget(returnFinalTarget: true) is { Exists: true } end ? FromDotNet(end.FullName, followsLinks: false) : null;
        }

        if ((int)file.Attributes == -1)
        {
            return null;
        }

        var size = file.Exists && !isLink ? file.Length : 0;
        var kind = isLink ? FileKind.Link : file.Exists ? FileKind.Regular : FileKind.Directory;
        return new FileStatus(kind, 1, 0, 0, size, size, file.LastWriteTimeUtc);
    }

    // struct statx, whose layout is the same on all processors, unlike that of struct stat (statx(2)).
    [SupportedOSPlatform("linux")]
    private static FileStatus? FromLinux(int result, ReadOnlySpan<byte> answer) => result != 0 ? null : new(
        (Read<ushort>(answer, 28) & 0xF000) switch { 0x8000 => FileKind.Regular, 0x4000 => FileKind.Directory, 0xA000 => FileKind.Link, _ => FileKind.Other },
        Names: Read<uint>(answer, 16),
        Device: ((ulong)Read<uint>(answer, 136) << 32) | Read<uint>(answer, 140),
        Inode: Read<ulong>(answer, 32),
        Size: Read<long>(answer, 40),
        Allocated: Read<long>(answer, 48) * 512,
        Time(Read<long>(answer, 112), Read<uint>(answer, 120)));

    // The attributes of UnixCalls.WantedOnMac after the length of the result, in the order of their bits, aligned to 4 bytes (getattrlist(2)).
    [SupportedOSPlatform("macos")]
    private static FileStatus? FromMac(int result, ReadOnlySpan<byte> answer) => result != 0 ? null : new(
        Read<uint>(answer, 8) switch { 1 => FileKind.Regular, 2 => FileKind.Directory, 5 => FileKind.Link, _ => FileKind.Other },
        Names: Read<uint>(answer, 36),
        Device: Read<uint>(answer, 4),
        Inode: Read<ulong>(answer, 28),
        Size: Read<long>(answer, 40),
        Allocated: Read<long>(answer, 48),
        Time(Read<long>(answer, 12), Read<long>(answer, 20)));

    private static T Read<T>(ReadOnlySpan<byte> answer, int offset)
        where T : unmanaged => MemoryMarshal.Read<T>(answer[offset..]);

    private static DateTime Time(long seconds, long nanoseconds) =>
        DateTime.UnixEpoch.AddTicks((seconds * TimeSpan.TicksPerSecond) + (nanoseconds / TimeSpan.NanosecondsPerTick));
}
