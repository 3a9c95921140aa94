using Microsoft.Win32.SafeHandles;

namespace MlHub.Sdk.Downloads.Files;

/// <summary>Files under their final names, and the receipts they keep. Links are followed there: a user may keep a file elsewhere and link to it.</summary>
internal static class FinishedFile
{
    // Receipts are in an extended attribute on Linux and macOS, in an alternate data stream on Windows. They follow their file through
    // renames and are deleted with it. Where the file system has neither, there is no receipt.
    private const string Attribute = "user.mlhub.receipt";
    private const string Stream = ":mlhub.receipt";
    private const int MostReceipt = 4096;

    /// <summary>Opens a file for reading from start to end.</summary>
    /// <exception cref="IOException">It is a pipe, a socket, a device or a directory, or not there.</exception>
    internal static SafeFileHandle Open(string path)
    {
        var file = RegularFile.Open(path, FileAccess.Read, followsLinks: true);
        if (OperatingSystem.IsLinux())
        {
            // Doubles the read-ahead (posix_fadvise(2)).
            _ = UnixCalls.Advise(file, 0, 0, UnixCalls.SequentialAccess);
        }

        return file;
    }

    /// <summary>When the file was last modified, in UTC; null where there is none.</summary>
    internal static DateTime? WrittenAt(string path) => FileStatus.At(path, followsLinks: true)?.Modified;

    /// <summary>Attaches a receipt to an open file. Failure is silent, because a file without a receipt is no less whole.</summary>
    internal static void SetReceipt(SafeFileHandle file, string path, ReadOnlySpan<byte> receipt)
    {
        if (receipt.Length > MostReceipt)
        {
            return;
        }

        if (OperatingSystem.IsLinux())
        {
            _ = UnixCalls.SetAttributeOnLinux(file, Attribute, receipt, (nuint)receipt.Length, 0);
        }
        else if (OperatingSystem.IsMacOS())
        {
            _ = UnixCalls.SetAttributeOnMac(file, Attribute, receipt, (nuint)receipt.Length, 0, 0);
        }
        else if (OperatingSystem.IsWindows())
        {
            // Writing a stream changes the time of its file.
            var modified = File.GetLastWriteTimeUtc(file);
            WriteStream(path, receipt);
            File.SetLastWriteTimeUtc(file, modified);
        }
    }

    /// <summary>The receipt of the file at the path, or at the end of the links there; null where it has none.</summary>
    internal static byte[]? ReadReceipt(string path)
    {
        Span<byte> bytes = stackalloc byte[MostReceipt];
        var length = OperatingSystem.IsLinux() ? (int)UnixCalls.GetAttributeOnLinux(path, Attribute, bytes, (nuint)bytes.Length)
            : OperatingSystem.IsMacOS() ? (int)UnixCalls.GetAttributeOnMac(path, Attribute, bytes, (nuint)bytes.Length, 0, 0)
            : OperatingSystem.IsWindows() ? ReadStream(path, bytes) : 0;
        return length > 0 ? bytes[..length].ToArray() : null;
    }

    private static void WriteStream(string path, ReadOnlySpan<byte> receipt)
    {
        try
        {
            using var stream = File.OpenHandle(path + Stream, FileMode.Create, FileAccess.Write);
            RandomAccess.Write(stream, receipt, 0);
        }
        catch (Exception unsupported) when (DiskErrors.IsDiskError(unsupported) || unsupported is NotSupportedException)
        {
            // FAT and many network shares have no streams.
        }
    }

    private static int ReadStream(string path, Span<byte> bytes)
    {
        try
        {
            using var stream = File.OpenHandle(path + Stream);
            return RandomAccess.Read(stream, bytes, 0);
        }
        catch (Exception missing) when (DiskErrors.IsDiskError(missing) || missing is NotSupportedException)
        {
            return 0;
        }
    }
}
