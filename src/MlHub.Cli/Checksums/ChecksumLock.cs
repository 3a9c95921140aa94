using System.Diagnostics;
using Microsoft.Win32.SafeHandles;
using MlHub.Sdk;
using MlHub.Sdk.Downloads.Files;

namespace MlHub.Cli;

/// <summary>Lets the commands that write to one checksum file take turns. The lock is a file beside it, which is removed at the end of the turn.</summary>
internal sealed class ChecksumLock : IDisposable
{
    private const int SharingViolationOnWindows = unchecked((int)0x80070020);
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(20);

    private readonly string _path;
    private readonly SafeFileHandle _file;

    private ChecksumLock(string path, SafeFileHandle file) => (_path, _file) = (path, file);

    /// <summary>Waits for the turn.</summary>
    /// <exception cref="MlHubException">Another process has held the lock for 30 seconds.</exception>
    /// <exception cref="IOException">The lock file cannot be created.</exception>
    public static async Task<ChecksumLock> TakeAsync(string checksumFile)
    {
        var path = $"{checksumFile}.mlhub-lock";
        for (var began = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(began) < MaxWait; await Task.Delay(PollInterval).ConfigureAwait(false))
        {
            if (TryTake(path) is { } taken)
            {
                return taken;
            }
        }

        throw new MlHubException($"the checksums were not written, because another process has held '{path}' for {MaxWait.TotalSeconds} s: run the command again once that process has ended.");
    }

    public void Dispose()
    {
        // The file is removed while it is still locked. A process that had opened it sees that it is gone, and creates a new one. Windows removes it on closing.
        if (!OperatingSystem.IsWindows() && FileStatus.IsAt(_path, _file))
        {
            File.Delete(_path);
        }

        _file.Dispose();
    }

    private static ChecksumLock? TryTake(string path)
    {
        try
        {
            var file = File.OpenHandle(
                path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, OperatingSystem.IsWindows() ? FileOptions.DeleteOnClose : FileOptions.None);
            if (FileStatus.IsAt(path, file))
            {
                return new ChecksumLock(path, file);
            }

            file.Dispose();
            return null;
        }
        catch (IOException error) when (error.HResult == (OperatingSystem.IsWindows() ? SharingViolationOnWindows : UnixCalls.WouldBlock))
        {
            return null;
        }
    }
}
