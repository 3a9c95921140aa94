using System.Text;
using Microsoft.Win32.SafeHandles;
using MlHub.Sdk.Downloads.Disk;
using MlHub.Sdk.Downloads.Naming;

namespace MlHub.Sdk.Downloads.Locking;

/// <summary>
/// Keeps all others from one target. Two things must both be free: the operating system's lock on the lock file, which ends with
/// its process but which some network file systems grant to everyone; and the owner named in the file, who must be dead.
/// </summary>
internal sealed class TargetLock : IDisposable
{
    private static readonly TimeSpan HeartbeatInterval = TimeSpan.FromSeconds(10);

    // EEXIST and ERROR_FILE_EXISTS; EWOULDBLOCK of Linux and of macOS, which is what flock says: as .NET hands them through.
    private const int FileExists = 17;
    private const int WindowsFileExists = unchecked((int)0x80070050);
    private const int WouldBlock = 11;
    private const int MacWouldBlock = 35;

    private const string SomeProcess = "another process";

    private readonly string _path;
    private readonly SafeFileHandle _file;
    private readonly LockOwner _me;
    private readonly Timer _heartbeat;

    private TargetLock(string path, SafeFileHandle file, LockOwner me)
    {
        _path = path;
        _file = file;
        _me = me;
        _heartbeat = new Timer(static state => ((TargetLock)state!).Touch(), this, HeartbeatInterval, HeartbeatInterval);
    }

    /// <summary>
    /// Takes the lock, or says who holds it; null where nobody's name is in it, which a moment will show the reason of. The lock of a process
    /// elsewhere, and one without a name, is held until the watch has seen it silent, which takes many looks.
    /// </summary>
    internal static TargetLock? TryTake(string path, SilenceWatch watch, out string? holder)
    {
        // Again after the file of a dead owner was removed, or vanished with its owner; not for ever, where others are as quick.
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

    /// <summary>Whether the lock is still this one's: false when someone, against all rules, has removed it.</summary>
    internal bool IsHeld() => OperatingSystem.IsWindows() || ReadOwner(_path)?.Nonce == _me.Nonce;

    /// <summary>Fails when the lock is no longer this one's: someone else may be at work on the same files.</summary>
    /// <exception cref="DownloadException">The lock was removed by someone else.</exception>
    internal void RequireHeld(Target target)
    {
        if (!IsHeld())
        {
            throw new DownloadException(DownloadFailure.Locked, $"The lock of '{target.FinalPath}' was removed by someone else. Run it again.") { Path = target.FinalPath };
        }
    }

    /// <summary>
    /// Forgets what was fetched: the temporary file and its journal. The journal goes first, so that it never speaks of a missing file. Without the
    /// lock, what lies there is somebody else's.
    /// </summary>
    /// <exception cref="DownloadException">The lock was removed by someone else.</exception>
    internal void DiscardPart(Target target)
    {
        DiscardJournal(target);
        DeleteIfThere(target.PartPath);
    }

    /// <summary>Forgets what is known of the temporary file.</summary>
    /// <exception cref="DownloadException">The lock was removed by someone else.</exception>
    internal void DiscardJournal(Target target)
    {
        RequireHeld(target);
        DeleteIfThere(target.JournalPath);
        DeleteIfThere(target.NewJournalPath);
    }

    // To remove what is not there takes the directory's lock all the same, which many small files of one directory wait for.
    private static void DeleteIfThere(string path)
    {
        if (File.Exists(path))
        {
            File.Delete(path);
        }
    }

    public void Dispose()
    {
        _heartbeat.Dispose();
        // Removed before it is unlocked, so that whoever gets the lock next has the file that lies there. Windows removes it by itself.
        try
        {
            if (!OperatingSystem.IsWindows() && IsHeld())
            {
                File.Delete(_path);
            }
        }
        catch (Exception denied) when (denied is IOException or UnauthorizedAccessException)
        {
            // The directory is gone, or not to be written any more: what failed because of that is being told. The lock of a dead process is none.
        }
        finally
        {
            _file.Dispose();
        }
    }

    // Shows processes on other hosts that this one lives: its silence is all that they can tell its death by.
    private void Touch()
    {
        try
        {
            File.SetLastWriteTimeUtc(_file, DateTime.UtcNow);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            // The directory is gone, or the lock just was: who writes the file itself will find out.
        }
    }

    private static TargetLock? TryCreate(string path)
    {
        SafeFileHandle? file = null;
        try
        {
            // O_CREAT|O_EXCL is what decides: it is atomic on every file system. FileShare.None adds the system's lock.
            var options = OperatingSystem.IsWindows() ? FileOptions.DeleteOnClose : FileOptions.None;
            file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, options);
            var me = LockOwner.Me();
            DiskWrite.Write(file, Encoding.UTF8.GetBytes(me.ToText()), 0);
            return new TargetLock(path, file, me);
        }
        catch (IOException error) when (file is null && error.HResult is FileExists or WindowsFileExists)
        {
            return null;
        }
        catch (IOException error) when (file is null && error.HResult is WouldBlock or MacWouldBlock)
        {
            // It was made, and someone who wondered whose it is has the system's lock this moment: an empty file would keep all out for a while.
            RemoveNameless(path);
            return null;
        }
        catch when (file is not null)
        {
            // On a full disk there is room for a file, and none for what is in it.
            file.Dispose();
            File.Delete(path);
            throw;
        }
    }

    private static void RemoveNameless(string path)
    {
        if (ReadOwner(path) is null)
        {
            File.Delete(path);
        }
    }

    private static bool TryRemoveStale(string path, SilenceWatch watch, out string? holder)
    {
        holder = null;
        try
        {
            // The system's lock on the very file that is judged and removed: two who both find it stale do it one after the other.
            using var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            var owner = ReadOwner(file);
            holder = owner?.Name;
            if (!IsStale(owner, File.GetLastWriteTimeUtc(file), watch))
            {
                return false;
            }

            if (!SameFile.IsAt(path, file))
            {
                // Somebody was quicker, and another lock lies there now.
                return true;
            }

            if (OperatingSystem.IsWindows())
            {
                // There, what is open cannot be removed; nor can what someone else has opened meanwhile.
                file.Dispose();
            }

            File.Delete(path);
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
            // Locked: its owner lives.
            holder = ReadOwner(path)?.Name ?? SomeProcess;
            return false;
        }
    }

    private static bool IsStale(LockOwner? owner, DateTime touch, SilenceWatch watch) =>
        owner is { IsOnThisHost: true } ? !owner.IsAlive() : watch.HasFallenSilent(owner, touch);

    // Read behind .NET's back: its own opening wants a shared lock, which the owner's exclusive one forbids.
    private static LockOwner? ReadOwner(string path)
    {
        var descriptor = OperatingSystem.IsWindows() ? -1 : UnixCalls.Open(path, UnixCalls.ReadOnly | UnixCalls.DoNotWait);
        using var file = new SafeFileHandle(descriptor, ownsHandle: true);
        return file.IsInvalid ? null : ReadOwner(file);
    }

    private static LockOwner? ReadOwner(SafeFileHandle file)
    {
        Span<byte> text = stackalloc byte[1024];
        return LockOwner.Read(Encoding.UTF8.GetString(text[..RandomAccess.Read(file, text, 0)]));
    }
}
