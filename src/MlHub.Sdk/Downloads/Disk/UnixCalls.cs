using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace MlHub.Sdk.Downloads.Disk;

/// <summary>What .NET has no call for.</summary>
internal static partial class UnixCalls
{
    /// <summary>SYNC_FILE_RANGE_WRITE: begin to write what is dirty, and do not wait.</summary>
    internal const uint BeginWriting = 2;

    [SupportedOSPlatform("linux")]
    [LibraryImport("libc", EntryPoint = "sync_file_range", SetLastError = true)]
    internal static partial int SyncFileRange(SafeFileHandle file, long offset, long count, uint flags);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    internal static partial int FSync(int file);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    internal static partial int Close(int file);
}
