using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace MlHub.Sdk.Downloads.Files;

/// <summary>
/// Locks one target against all other downloads. An existing lock file can be taken over only under two conditions. First, the system's file lock on it is
/// free: that lock ends with its process, but some network file systems grant it to everyone. Second, the process named in the file has ended.
/// </summary>
internal sealed class LockFile : IDisposable
{
    private const string SomeProcess = "another process";
    private const int FileExistsOnWindows = unchecked((int)0x80070050);
    private static readonly TimeSpan HeartbeatInterval = TimeSpan.FromSeconds(10);

    private readonly string _path;
    private readonly SafeFileHandle _file;
    private readonly LockOwner _me;
    private readonly Timer _heartbeat;

    private LockFile(string path, SafeFileHandle file, LockOwner me)
    {
        _path = path;
        _file = file;
        _me = me;
        _heartbeat = new Timer(static state => ((LockFile)state!).Touch(), this, HeartbeatInterval, HeartbeatInterval);
    }

    /// <summary>
    /// Takes the lock. If that fails, returns null and the holder, which is null if the file does not name one yet. A lock of a process on another host, or
    /// without a named holder, counts as held until the watch has seen no change for long enough, which takes several attempts.
    /// </summary>
    internal static LockFile? TryTake(string path, SilenceWatch watch, out string? holder)
    {
        // Tries once more after the file of a dead owner was removed or had disappeared. The number of attempts is limited, because other processes may win
        // each time.
        for (var turn = 0; turn < 3; turn++)
        {
            if (TryCreate(path) is { } taken)
            {
                holder = null;
                return taken;
            }

            if (!TryRemoveStale(path, watch, out holder))
            {
                return null;
            }
        }

        holder = SomeProcess;
        return null;
    }

    /// <summary>
    /// Whether this process still owns the lock file. It does not if another program has removed or replaced the file. Windows prevents that. Asks for the
    /// file's number only, because a process that has too many open files could not read it.
    /// </summary>
    internal bool IsHeld() => FileStatus.IsAt(_path, _file);

    public void Dispose()
    {
        _heartbeat.Dispose();
        try
        {
            // The file is removed while it is still locked, so that the next owner creates a new lock file. Windows removes it on closing.
            if (!OperatingSystem.IsWindows() && IsHeld())
            {
                File.Delete(_path);
            }
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            // The directory was removed or became read-only. The lock is stale once this process has ended.
        }
        finally
        {
            _file.Dispose();
        }
    }

    // Only these renewals show other hosts that this process is alive.
    private void Touch()
    {
        try
        {
            File.SetLastWriteTimeUtc(_file, DateTime.UtcNow);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            // The directory was removed, or the lock was just released. The code that writes the part file detects this.
        }
    }

    private static LockFile? TryCreate(string path)
    {
        SafeFileHandle? file = null;
        try
        {
            // O_CREAT|O_EXCL decides, because it is atomic on every file system. FileShare.None adds the system's lock.
            var options = OperatingSystem.IsWindows() ? FileOptions.DeleteOnClose : FileOptions.None;
            file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, options);
            var me = LockOwner.Me();
            RegularFile.Write(file, Encoding.UTF8.GetBytes(me.ToText()), 0);
            return new LockFile(path, file, me);
        }
        catch (IOException error) when (file is null && error.HResult is UnixCalls.AlreadyExists or FileExistsOnWindows)
        {
            return null;
        }
        catch (IOException error) when (file is null && error.HResult == UnixCalls.WouldBlock)
        {
            // Between creation and locking, another process locked the file to read its owner. An empty file would block everyone for two seconds.
            if (ReadOwner(path) is null)
            {
                RegularFile.DeleteIfThere(path);
            }

            return null;
        }
        catch (Exception error) when (file is null && DiskErrors.IsNotWritable(error))
        {
            throw DiskErrors.NotWritable(Path.GetDirectoryName(path)!, error);
        }
        catch when (file is not null)
        {
            // A full disk may have space for the file but not for its content.
            file.Dispose();
            File.Delete(path);
            throw;
        }
    }

    private static bool TryRemoveStale(string path, SilenceWatch watch, out string? holder)
    {
        holder = null;
        try
        {
            // The file is locked while it is checked and removed, so that two processes that both find it stale take turns.
            using var file = OpenLocked(path);
            if (file is null)
            {
                holder = ReadOwner(path)?.Name ?? SomeProcess;
                return false;
            }

            var owner = ReadOwner(file);
            holder = owner?.Name;
            if (!IsStale(owner, File.GetLastWriteTimeUtc(file), watch))
            {
                return false;
            }

            // If there is another lock file now, another process was faster.
            if (FileStatus.IsAt(path, file))
            {
                Remove(path, file);
            }

            return true;
        }
        catch (FileNotFoundException)
        {
            return true;
        }
        catch (UnauthorizedAccessException) when (ReadOwner(path) is { } owner)
        {
            holder = owner is not { IsOnThisHost: true } || owner.IsAlive() ? owner.Name : throw new DownloadException(
                DownloadFailure.Locked, $"'{path}' was left behind by {owner.Name}, which has ended, and it belongs to another user: remove it, or choose another directory.");
            return false;
        }
        catch (IOException)
        {
            // On Windows, another process has it open. Elsewhere, a link or a pipe was just created there, which the next attempt reports.
            holder = SomeProcess;
            return false;
        }
    }

    private static void Remove(string path, SafeFileHandle file)
    {
        if (OperatingSystem.IsWindows())
        {
            // Windows does not remove an open file, even if another process opened it.
            file.Dispose();
        }

        File.Delete(path);
    }

    private static bool IsStale(LockOwner? owner, DateTime touch, SilenceWatch watch) =>
        owner is { IsOnThisHost: true } ? !owner.IsAlive() : watch.IsSilent(owner, touch);

    // Null if another process holds the system's file lock. Like .NET, this ignores file systems without locks. There, the named owner decides.
    private static SafeFileHandle? OpenLocked(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        }

        var file = RegularFile.Open(path, FileAccess.ReadWrite);
        if (UnixCalls.FLock(file, UnixCalls.LockExclusively | UnixCalls.DoNotWaitForLock) == 0 || Marshal.GetLastPInvokeError() != UnixCalls.WouldBlock)
        {
            return file;
        }

        file.Dispose();
        return null;
    }

    private static LockOwner? ReadOwner(string path)
    {
        try
        {
            using var file = RegularFile.Open(path, FileAccess.Read);
            return ReadOwner(file);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static LockOwner? ReadOwner(SafeFileHandle file)
    {
        Span<byte> text = stackalloc byte[1024];
        return LockOwner.Read(Encoding.UTF8.GetString(text[..RegularFile.ReadAll(file, text)]));
    }
}
