using Microsoft.Win32.SafeHandles;

namespace MlHub.Sdk.Downloads.Files;

/// <summary>Finished files and their receipts. Links are followed, because a user may store a file elsewhere and link to it.</summary>
internal static class FinishedFile
{
    // A receipt is an extended attribute on Linux and macOS, and an alternate data stream on Windows. It stays with its file when that is renamed, and is
    // deleted with it. If the file system supports neither, there is no receipt.
    private const string Attribute = "user.mlhub.receipt";
    private const string Stream = ":mlhub.receipt";
    private const int MostReceipt = 4096;

    /// <summary>Opens a file for reading from start to end.</summary>
    /// <exception cref="IOException">The path is a pipe, a socket, a device or a directory, or does not exist.</exception>
    internal static SafeFileHandle Open(string path)
    {
        var file = RegularFile.Open(path, FileAccess.Read, followsLinks: true);
        if (OperatingSystem.IsLinux())
        {
            // Doubles the read-ahead of the kernel (posix_fadvise(2)).
            _ = UnixCalls.Advise(file, 0, 0, UnixCalls.SequentialAccess);
        }

        return file;
    }

    /// <summary>When the file was last modified, in UTC. Null if there is no file.</summary>
    internal static DateTime? WrittenAt(string path) => FileStatus.At(path, followsLinks: true)?.Modified;

    /// <summary>Attaches a receipt to an open file. Failures are ignored, because a file is complete without a receipt.</summary>
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
            // Writing an alternate data stream changes the modification time of the file.
            var modified = File.GetLastWriteTimeUtc(file);
            WriteStream(path, receipt);
            File.SetLastWriteTimeUtc(file, modified);
        }
    }

    /// <summary>The receipt of the file at the path, after following links. Null if it has none.</summary>
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
            // FAT and many network shares do not support alternate data streams.
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
