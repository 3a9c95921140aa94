using Microsoft.Win32.SafeHandles;

namespace MlHub.Sdk.Downloads.Disk;

/// <summary>Keeps the disk busy with what has arrived, so that little is left for the flush at the end.</summary>
internal sealed class BackgroundFlush(SafeFileHandle file)
{
    private const long Step = 8 * 1024 * 1024;
    private const long BigStep = 256 * 1024 * 1024;
    private long _begunAt;

    /// <summary>Called now and then with the bytes that have arrived.</summary>
    internal void Advance(long bytes)
    {
        var step = OperatingSystem.IsLinux() ? Step : BigStep;
        if (bytes - _begunAt < step)
        {
            return;
        }

        _begunAt = bytes;
        if (OperatingSystem.IsLinux())
        {
            // Only begins to write: neither waits nor commits. What it refuses (a file system without it) the last flush does.
            _ = UnixCalls.SyncFileRange(file, 0, 0, UnixCalls.BeginWriting);
        }
        else
        {
            RandomAccess.FlushToDisk(file);
        }
    }
}
