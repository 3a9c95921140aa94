using Microsoft.Win32.SafeHandles;

namespace MlHub.Sdk.Downloads.Disk;

/// <summary>
/// Makes the temporary file anew, as long as it is to be, so that it is seen when something else cuts it; with its room reserved where there is
/// enough of it to matter.
/// </summary>
internal static class NewPart
{
    private const long LeastReserved = 1024 * 1024;

    internal static SafeFileHandle Create(string path, long? length)
    {
        var file = Open(path, length >= LeastReserved ? length.Value : 0);
        try
        {
            DiskWrite.SetLength(file, length ?? 0);
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static SafeFileHandle Open(string path, long reserved)
    {
        try
        {
            return File.OpenHandle(path, FileMode.Create, FileAccess.ReadWrite, FileShare.Read, FileOptions.None, reserved);
        }
        catch (IOException error) when (reserved > 0 && error.HResult == DiskErrors.Unspecific)
        {
            RequireLength(path, reserved);
            throw new IOException(error.Message, DiskErrors.NoRoom);
        }
    }

    // Reserving fails for want of room or because no file may be so big, and .NET tells which in its message alone. A length needs no room.
    private static void RequireLength(string path, long length)
    {
        using var file = File.OpenHandle(path, FileMode.Create, FileAccess.ReadWrite, FileShare.Read, FileOptions.DeleteOnClose);
        DiskWrite.SetLength(file, length);
    }
}
