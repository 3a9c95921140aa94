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
        var isRegular = OperatingSystem.IsLinux() ? IsRegularOnLinux(path) : OperatingSystem.IsMacOS() ? IsRegularOnMac(path) : null;

        // Nothing is there, or the system does not tell more than .NET asks it for.
        return isRegular ?? (!Directory.Exists(path) && new FileInfo(path).LinkTarget is null);
    }

    // statx(2), not lstat(2): its structure is the same on all processors. The mode is 28 bytes into its 256.
    [System.Runtime.Versioning.SupportedOSPlatform("linux")]
    private static bool? IsRegularOnLinux(string path)
    {
        Span<byte> status = stackalloc byte[256];
        return UnixCalls.StatX(UnixCalls.CurrentDirectory, path, UnixCalls.FollowNoLink, UnixCalls.FileType, status) == 0
            ? (BinaryPrimitives.ReadUInt16LittleEndian(status[28..]) & FileTypeMask) == RegularOnLinux
            : null;
    }

    // getattrlist(2) for the same reason: five groups of attributes, of which only the object's type is asked for; the answer's length, and the type.
    [System.Runtime.Versioning.SupportedOSPlatform("macos")]
    private static bool? IsRegularOnMac(string path)
    {
        Span<uint> answer = stackalloc uint[2];
        return UnixCalls.GetAttributesOnMac(path, [5, 8, 0, 0, 0, 0], answer, sizeof(uint) * 2, UnixCalls.FollowNoLinkOnMac) == 0 ? answer[1] == RegularOnMac : null;
    }
}
