using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace MlHub.Sdk.Downloads.Files;

/// <summary>
/// Keeps all others from one target. A lock file that is already there can be taken over only when two things are free: the system's lock on
/// it, which ends with its process but which some network file systems grant to everyone; and the owner named in it, who must be dead.
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
    /// Takes the lock. Otherwise it returns null and says who holds it, or null where the file names nobody yet. The lock of a process on another
    /// host, or of nobody, counts as held until the watch has seen it silent, which takes several tries.
    /// </summary>
    internal static LockFile? TryTake(string path, SilenceWatch watch, out string? holder)
    {
        // Once more after the file of a dead owner was removed, or was gone already. Not endlessly: others may be just as quick.
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

    /// <summary>Whether the lock file is still ours. It is not when someone has removed or replaced it, against the rules; Windows lets nobody.</summary>
    internal bool IsHeld() => OperatingSystem.IsWindows() || ReadOwner(_path)?.Nonce == _me.Nonce;

    public void Dispose()
    {
        _heartbeat.Dispose();
        try
        {
            // Removed while it is still locked, so that the next owner's lock file is the one that lies there. Windows removes it on closing.
            if (!OperatingSystem.IsWindows() && IsHeld())
            {
                File.Delete(_path);
            }
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            // The directory has gone or become read-only. The lock is stale once this process has ended.
        }
        finally
        {
            _file.Dispose();
        }
    }

    // Other hosts can tell only by these touches that this process is alive.
    private void Touch()
    {
        try
        {
            File.SetLastWriteTimeUtc(_file, DateTime.UtcNow);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            // The directory has gone, or the lock has just been released. Whoever writes the part will notice.
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
            // Between its creation and its locking, someone else has locked the file to see whose it is. Empty, it would keep everybody out for two seconds.
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
            // A full disk may have room for the file and none for its content.
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
            // The file that is judged and removed is locked meanwhile, so that two who both find it stale take turns.
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

            // Where another lock lies there by now, somebody else was quicker.
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
                DownloadFailure.Locked, $"'{path}' was left by {owner.Name}, which has ended, and belongs to another user: remove it, or choose another directory.");
            return false;
        }
        catch (IOException)
        {
            // On Windows, others have it open. Elsewhere a link or a pipe has just been put there, which the next try reports.
            holder = SomeProcess;
            return false;
        }
    }

    private static void Remove(string path, SafeFileHandle file)
    {
        if (OperatingSystem.IsWindows())
        {
            // Windows removes no open file, not even one that somebody else has opened meanwhile.
            file.Dispose();
        }

        File.Delete(path);
    }

    private static bool IsStale(LockOwner? owner, DateTime touch, SilenceWatch watch) =>
        owner is { IsOnThisHost: true } ? !owner.IsAlive() : watch.HasFallenSilent(owner, touch);

    // Null when another process has the system's lock. Like .NET, it ignores a file system that has no locks: the owner's name decides there.
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
