using System.Buffers.Binary;

namespace MlHub.Sdk.Downloads.Disk;

/// <summary>
/// Tells regular files from links, pipes, devices and directories without opening them: opening a pipe waits for its other end, and opening a
/// link is writing somewhere else.
/// </summary>
internal static class OrdinaryFile
{
    private const uint RegularOnMac = 1;
    private const int FileTypeMask = 0xF000;
    private const int RegularOnLinux = 0x8000;

    /// <summary>Whether a regular file lies there, or nothing at all.</summary>
    internal static bool IsThereOrNothing(string path)
    {
        var isRegular = IsRegular(path, followsLinks: false);

        // Nothing is there, or the system does not tell more than .NET asks it for.
        return isRegular ?? (!Directory.Exists(path) && new FileInfo(path).LinkTarget is null);
    }

    /// <summary>Whether the same bytes lie under another name as well, and would be changed there too. Windows does not tell.</summary>
    internal static bool HasOtherNames(string path) =>
        (OperatingSystem.IsLinux() ? NamesOnLinux(path) : OperatingSystem.IsMacOS() ? NamesOnMac(path) : 1) > 1;

    /// <summary>How much room a file has on its disk, which is less than its length where it has holes, and more where room is reserved.</summary>
    internal static long BytesOnDisk(string path) => (OperatingSystem.IsLinux() ? BytesOnLinux(path) : null) ?? new FileInfo(path).Length;

    /// <summary>Whether something else than a regular file lies there, or at the end of the links that lie there: a pipe, a socket, a device, a directory.</summary>
    internal static bool LeadsElsewhere(string path) => IsRegular(path, followsLinks: true) is false;

    private static bool? IsRegular(string path, bool followsLinks) =>
        OperatingSystem.IsLinux() ? IsRegularOnLinux(path, followsLinks) : OperatingSystem.IsMacOS() ? IsRegularOnMac(path, followsLinks) : null;

    // statx(2), not lstat(2): its structure is the same on all processors. The mode is 28 bytes into its 256.
    [System.Runtime.Versioning.SupportedOSPlatform("linux")]
    private static bool? IsRegularOnLinux(string path, bool followsLinks)
    {
        Span<byte> status = stackalloc byte[256];
        return UnixCalls.StatX(UnixCalls.CurrentDirectory, path, followsLinks ? 0 : UnixCalls.FollowNoLink, UnixCalls.FileType, status) == 0
            ? (BinaryPrimitives.ReadUInt16LittleEndian(status[28..]) & FileTypeMask) == RegularOnLinux
            : null;
    }

    // getattrlist(2) for the same reason: five groups of attributes, of which only the object's type is asked for; the answer's length, and the type.
    [System.Runtime.Versioning.SupportedOSPlatform("macos")]
    private static bool? IsRegularOnMac(string path, bool followsLinks)
    {
        Span<uint> answer = stackalloc uint[2];
        var options = followsLinks ? 0 : UnixCalls.FollowNoLinkOnMac;
        return UnixCalls.GetAttributesOnMac(path, [5, 8, 0, 0, 0, 0], answer, sizeof(uint) * 2, options) == 0 ? answer[1] == RegularOnMac : null;
    }

    // The count of links is 16 bytes in; and of the files' attributes the first.
    [System.Runtime.Versioning.SupportedOSPlatform("linux")]
    private static uint NamesOnLinux(string path)
    {
        Span<byte> status = stackalloc byte[256];
        return UnixCalls.StatX(UnixCalls.CurrentDirectory, path, UnixCalls.FollowNoLink, UnixCalls.LinkCount, status) == 0
            ? BinaryPrimitives.ReadUInt32LittleEndian(status[16..])
            : 0;
    }

    // The count of blocks of 512 bytes is 48 bytes in.
    [System.Runtime.Versioning.SupportedOSPlatform("linux")]
    private static long? BytesOnLinux(string path)
    {
        Span<byte> status = stackalloc byte[256];
        return UnixCalls.StatX(UnixCalls.CurrentDirectory, path, UnixCalls.FollowNoLink, UnixCalls.BlockCount, status) == 0
            ? BinaryPrimitives.ReadInt64LittleEndian(status[48..]) * 512
            : null;
    }

    [System.Runtime.Versioning.SupportedOSPlatform("macos")]
    private static uint NamesOnMac(string path)
    {
        Span<uint> answer = stackalloc uint[2];
        return UnixCalls.GetAttributesOnMac(path, [5, 0, 0, 0, 1, 0], answer, sizeof(uint) * 2, UnixCalls.FollowNoLinkOnMac) == 0 ? answer[1] : 0;
    }
}
