using Microsoft.Win32.SafeHandles;

namespace MlHub.Sdk.Downloads.Disk;

/// <summary>Writes files, and says of one that grows too big what it says of every other failure: an <see cref="IOException"/>.</summary>
internal static class DiskWrite
{
    internal static void Write(SafeFileHandle file, ReadOnlySpan<byte> bytes, long position)
    {
        try
        {
            RandomAccess.Write(file, bytes, position);
        }
        catch (ArgumentOutOfRangeException error)
        {
            throw TooBig(error);
        }
    }

    /// <summary>Fails where the file is shorter than it was made: what something else cut off would come back as zeros, under the right length.</summary>
    internal static void RequireLength(SafeFileHandle file, long length)
    {
        if (RandomAccess.GetLength(file) < length)
        {
            throw new IOException("The temporary file is shorter than what was written to it: something else has cut it.");
        }
    }

    internal static void SetLength(SafeFileHandle file, long length)
    {
        try
        {
            RandomAccess.SetLength(file, length);
        }
        catch (ArgumentOutOfRangeException error)
        {
            throw TooBig(error);
        }
    }

    // .NET makes EFBIG, from a write too, an argument that is out of range. Told apart here, where no other argument can be: positions are never negative.
    private static IOException TooBig(ArgumentOutOfRangeException error) => new(error.Message, DiskErrors.TooBig);
}
