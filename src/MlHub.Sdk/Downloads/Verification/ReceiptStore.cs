using MlHub.Sdk.Downloads.Disk;

namespace MlHub.Sdk.Downloads.Verification;

/// <summary>
/// Keeps receipts where they go with their file, are in nobody's way and vanish with it: in an extended attribute on Linux and macOS,
/// in an alternate data stream on Windows. Where the file system has neither, there is no receipt.
/// </summary>
internal static class ReceiptStore
{
    private const string Attribute = "user.mlhub.receipt";
    private const string Stream = ":mlhub.receipt";
    private const int MostBytes = 4096;

    /// <summary>Attaches a receipt to a file. A file without one is no less whole, so nothing is said when that fails.</summary>
    internal static void TryWrite(string path, Receipt receipt)
    {
        var bytes = receipt.ToBytes();
        if (bytes.Length > MostBytes)
        {
            return;
        }

        if (OperatingSystem.IsLinux())
        {
            _ = UnixCalls.SetAttributeOnLinux(path, Attribute, bytes, (nuint)bytes.Length, 0);
        }
        else if (OperatingSystem.IsMacOS())
        {
            _ = UnixCalls.SetAttributeOnMac(path, Attribute, bytes, (nuint)bytes.Length, 0, 0);
        }
        else if (OperatingSystem.IsWindows())
        {
            TryWriteStream(path, bytes);
        }
    }

    internal static Receipt? TryRead(string path)
    {
        Span<byte> bytes = stackalloc byte[MostBytes];
        var length = Read(path, bytes);
        return length > 0 ? Receipt.Read(bytes[..length]) : null;
    }

    private static int Read(string path, Span<byte> bytes)
    {
        if (OperatingSystem.IsLinux())
        {
            return (int)UnixCalls.GetAttributeOnLinux(path, Attribute, bytes, (nuint)bytes.Length);
        }

        if (OperatingSystem.IsMacOS())
        {
            return (int)UnixCalls.GetAttributeOnMac(path, Attribute, bytes, (nuint)bytes.Length, 0, 0);
        }

        return OperatingSystem.IsWindows() ? ReadStream(path, bytes) : 0;
    }

    private static void TryWriteStream(string path, byte[] bytes)
    {
        try
        {
            using var stream = File.OpenHandle(path + Stream, FileMode.Create, FileAccess.Write);
            DiskWrite.Write(stream, bytes, 0);
        }
        catch (Exception unsupported) when (unsupported is IOException or UnauthorizedAccessException or NotSupportedException)
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
        catch (Exception missing) when (missing is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return 0;
        }
    }
}
