using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace MlHub.Hub.Serving;

/// <summary>Tells whether a file has appeared in a folder or disappeared from it: the system changes the time of a folder then.</summary>
/// <param name="Device">The device. 0 if the system does not say.</param>
/// <param name="Inode">The number on the device. 0 if the system does not say.</param>
/// <param name="Changed">The time of the last change, in ticks of UTC.</param>
internal readonly partial record struct FolderStamp(ulong Device, ulong Inode, long Changed)
{
    /// <summary>The stamp of a folder that may have changed.</summary>
    internal static readonly FolderStamp Unknown = new(0, 0, long.MaxValue);

    // Two changes may have the same time, because some file systems count whole seconds, or two.
    private static readonly long Coarsest = TimeSpan.FromSeconds(3).Ticks;

    /// <summary>Whether any later change will have another time.</summary>
    internal bool IsStable(DateTimeOffset now) => Changed < now.UtcTicks - Coarsest;

    /// <summary>The stamp of a folder. Null if there is none, or if it is a link.</summary>
    internal static FolderStamp? Of(string path)
    {
        if (OperatingSystem.IsLinux())
        {
            return OfLinux(path);
        }

        var folder = new DirectoryInfo(path);
        return folder.Exists && (folder.Attributes & FileAttributes.ReparsePoint) == 0 ? new FolderStamp(0, 0, folder.LastWriteTimeUtc.Ticks) : null;
    }

    // The time of the last change of the status (ctime) cannot be set by programs, unlike the one that .NET gives (mtime).
    // struct statx has the same layout on all processors (statx(2)).
    [SupportedOSPlatform("linux")]
    private static FolderStamp? OfLinux(string path)
    {
        const int currentDirectory = -100;  // AT_FDCWD
        const int noFollow = 0x100;         // AT_SYMLINK_NOFOLLOW
        const uint wanted = 0x1 | 0x80 | 0x100; // STATX_TYPE, STATX_CTIME, STATX_INO
        Span<byte> status = stackalloc byte[256];
        if (StatX(currentDirectory, path, noFollow, wanted, status) != 0 || (Read<ushort>(status, 28) & 0xF000) != 0x4000)
        {
            return null;
        }

        var device = ((ulong)Read<uint>(status, 136) << 32) | Read<uint>(status, 140);
        var changed = DateTime.UnixEpoch.Ticks + (Read<long>(status, 96) * TimeSpan.TicksPerSecond) + (Read<uint>(status, 104) / TimeSpan.NanosecondsPerTick);
        return new FolderStamp(device, Read<ulong>(status, 32), changed);
    }

    private static T Read<T>(ReadOnlySpan<byte> status, int offset)
        where T : unmanaged => MemoryMarshal.Read<T>(status[offset..]);

    [SupportedOSPlatform("linux")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatX(int directory, string path, int flags, uint mask, Span<byte> status);
}
