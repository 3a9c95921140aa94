using Microsoft.Win32.SafeHandles;

namespace MlHub.Sdk.Downloads.Files;

/// <summary>
/// A file during its download: the part, its journal, the lock that keeps others from both, and the step that gives the part its final name.
/// Nothing else writes beside a target. One thread at a time may call it, except <see cref="Write"/> and <see cref="Read"/>.
/// </summary>
internal sealed class PartFile : IDisposable
{
    // 8 TiB in blocks of 16 MiB have a journal of 4.3 MB. Anything much bigger was not written here.
    private const long MostJournalBytes = 64 * 1024 * 1024;

    private const long FlushStep = 8 * 1024 * 1024;
    private const long FlushStepElsewhere = 256 * 1024 * 1024;

    private readonly LockFile _lock;
    private SafeFileHandle? _file;
    private long _length;
    private long _flushedAt;

    private PartFile(Target target, LockFile held) => (Target, _lock) = (target, held);

    internal Target Target { get; }

    /// <summary>Whether a part lies there.</summary>
    internal bool Exists => Status is { IsRegular: true };

    /// <summary>How much room the part has on its disk.</summary>
    internal long BytesOnDisk => Status?.Allocated ?? 0;

    /// <summary>
    /// Whether something may have cut the part and let it grow again, which leaves zeros. Ask when all bytes have been written. A hole smaller
    /// than a block of the file system is not found, nor is any hole on Windows or where the file system does not report holes (lseek(2)).
    /// </summary>
    internal bool MayHaveHoles => OperatingSystem.IsLinux()
        ? UnixCalls.Seek(Handle, 0, UnixCalls.SeekHole) is >= 0 and var hole && hole < _length
        : FileStatus.Of(Handle) is { } status && status.Allocated < status.Size;

    private FileStatus? Status => FileStatus.At(Target.PartPath, followsLinks: false);

    private SafeFileHandle Handle => _file ?? throw new InvalidOperationException("The part is not open.");

    /// <summary>
    /// Takes the target's lock. Otherwise it returns null and says who holds it, or null where nobody is known yet. Try again with the same watch
    /// until it is free.
    /// </summary>
    /// <exception cref="DownloadException">The directory cannot be written, or something else than a file lies in the place of one of the target's files.</exception>
    internal static PartFile? TryTake(Target target, SilenceWatch watch, out string? holder)
    {
        target.RequireOwnPlaces();
        return LockFile.TryTake(target.LockPath, watch, out holder) is { } held ? new PartFile(target, held) : null;
    }

    /// <summary>Whether the part has another name, a hard link, under which writing would change it too. Windows does not tell.</summary>
    internal static bool HasOtherNames(Target target) => FileStatus.At(target.PartPath, followsLinks: false) is { Names: > 1 };

    /// <summary>The journal, without the lock: another process may be changing it. Null where there is none, or no part that could be continued.</summary>
    internal static byte[]? ReadJournal(Target target)
    {
        if (FileStatus.At(target.PartPath, followsLinks: false) is not { IsRegular: true, Names: <= 1 })
        {
            return null;
        }

        try
        {
            using var file = RegularFile.Open(target.JournalPath, FileAccess.Read);
            var length = RandomAccess.GetLength(file);
            var bytes = length <= MostJournalBytes ? new byte[length] : [];
            return RegularFile.ReadAll(file, bytes) == length ? bytes : null;
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            // This costs bytes, never correctness. Where the journal cannot be written either, that is reported then.
            return null;
        }
    }

    /// <summary>Whether the lock is still ours. It is not when someone has removed it, against the rules, and perhaps works on the same files.</summary>
    internal bool IsHeld() => _lock.IsHeld();

    /// <summary>
    /// Makes a new part in the place of whatever lies there. It has its full length from the start, so that a cut is noticed, and its room is
    /// reserved. The length is null where it is not known.
    /// </summary>
    internal void Create(long? length)
    {
        Close();
        _length = length ?? 0;
        _flushedAt = 0;
        _file = RegularFile.CreateReserved(Target.PartPath, _length);
        RegularFile.SetLength(Handle, _length);
    }

    /// <summary>Opens the part of an earlier run and gives it its full length.</summary>
    /// <exception cref="IOException">It is gone, is not a regular file, or has another name.</exception>
    internal void Open(long length)
    {
        Close();
        _length = length;
        _flushedAt = 0;
        _file = RegularFile.Open(Target.PartPath, FileAccess.ReadWrite);
        if (FileStatus.Of(_file) is { Names: > 1 })
        {
            Close();
            throw new IOException($"'{Target.PartPath}' has another name too (a hard link), under which it would be changed.");
        }

        RegularFile.SetLength(Handle, length);
    }

    /// <summary>Closes the part, which stays as it is.</summary>
    internal void Close()
    {
        _file?.Dispose();
        _file = null;
    }

    /// <summary>Writes. Of a part of unknown length, one thread at a time may.</summary>
    /// <exception cref="IOException">The disk failed, or something else has cut the part: what it cut off would read as zeros.</exception>
    internal void Write(ReadOnlySpan<byte> bytes, long position)
    {
        RequireLength();
        RegularFile.Write(Handle, bytes, position);
        if (position + bytes.Length > _length)
        {
            _length = position + bytes.Length;
        }
    }

    /// <summary>Reads as many bytes as there is room for; fewer at the end of the part.</summary>
    internal int Read(Span<byte> bytes, long position) => RegularFile.ReadAll(Handle, bytes, position);

    /// <summary>Lets the disk begin to write what has arrived, so that little is left for the flush at the end. To be called now and then.</summary>
    internal void BeginWriting(long bytesArrived)
    {
        if (bytesArrived - _flushedAt < (OperatingSystem.IsLinux() ? FlushStep : FlushStepElsewhere))
        {
            return;
        }

        _flushedAt = bytesArrived;
        if (OperatingSystem.IsLinux())
        {
            // It does not wait and does not commit (sync_file_range(2)). A file system that refuses it leaves the work to the last flush.
            _ = UnixCalls.SyncFileRange(Handle, 0, 0, UnixCalls.BeginWriting);
        }
        else
        {
            RandomAccess.FlushToDisk(Handle);
        }
    }

    /// <summary>Replaces the journal whole, so that a kill leaves the old one or the new one.</summary>
    /// <exception cref="IOException">It cannot be written; the old one may still be there.</exception>
    internal void WriteJournal(ReadOnlySpan<byte> bytes)
    {
        try
        {
            using (var file = RegularFile.Create(Target.NewJournalPath))
            {
                RegularFile.Write(file, bytes, 0);
            }

            File.Move(Target.NewJournalPath, Target.JournalPath, overwrite: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Half a journal is useless and takes room.
            RegularFile.DeleteIfThere(Target.NewJournalPath);
            throw error as IOException ?? new IOException(error.Message, error);
        }
    }

    /// <summary>Removes the journal.</summary>
    /// <exception cref="DownloadException">The lock was removed by someone else, so the journal may be another process's.</exception>
    internal void DiscardJournal()
    {
        RequireHeld();
        RemoveJournal();
    }

    /// <summary>Closes the part and removes it with its journal. The journal goes first, so that it never describes a part that is not there.</summary>
    /// <exception cref="DownloadException">The lock was removed by someone else, so the part may be another process's.</exception>
    internal void Discard()
    {
        Close();
        DiscardJournal();
        RegularFile.DeleteIfThere(Target.PartPath);
    }

    /// <summary>Attaches a receipt to the part, which keeps it under its final name. Failure is silent: not every file system can.</summary>
    internal void SetReceipt(ReadOnlySpan<byte> bytes) => FinishedFile.SetReceipt(Handle, Target.PartPath, bytes);

    /// <summary>
    /// Sets the modification time that the published file will have, and returns it in UTC, as the file system keeps it. To be called after the
    /// last write: it also removes what something else has appended.
    /// </summary>
    internal DateTime StampTime()
    {
        RequireLength();
        if (RandomAccess.GetLength(Handle) > _length)
        {
            RegularFile.SetLength(Handle, _length);
        }

        // Some file systems keep microseconds or less.
        var now = DateTime.UtcNow;
        File.SetLastWriteTimeUtc(Handle, now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond)));
        return FileStatus.Of(Handle)?.Modified ?? File.GetLastWriteTimeUtc(Handle);
    }

    /// <summary>
    /// Gives the part its final name in one step and removes the journal. With <paramref name="flush"/>, the part goes to the disk before and the
    /// directory after, so that a power cut leaves all or nothing. The part is closed on return.
    /// </summary>
    /// <param name="replaces">Whether to replace whatever lies there.</param>
    /// <param name="judged">The file that may be replaced all the same; null when there was none. One that has come since is somebody else's.</param>
    /// <param name="flush">Whether to wait for the disk.</param>
    /// <param name="cancellationToken">Cancels it before the part has its final name.</param>
    /// <returns>False when something has come to lie under the final name and is not to be replaced. The part is kept.</returns>
    /// <exception cref="DownloadException">The lock was removed by someone else, or a directory, pipe or device has the final name.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled before the part had its final name.</exception>
    /// <exception cref="IOException">The part was cut or replaced by something else, or the disk failed.</exception>
    internal bool Publish(bool replaces, FileStatus? judged, bool flush, CancellationToken cancellationToken)
    {
        RequireLength();
        if (flush)
        {
            RandomAccess.FlushToDisk(Handle);
        }

        // Flushing can take long, and somebody who cancelled meanwhile expects to hear that it was cancelled. The part can be continued.
        cancellationToken.ThrowIfCancellationRequested();
        var isOurs = FileStatus.IsAt(Target.PartPath, Handle);
        Close();
        if (!isOurs)
        {
            throw new IOException($"'{Target.PartPath}' was replaced by something else while it was written.");
        }

        RequireHeld();
        _ = Target.TryGetExisting(out _);
        if (!FinalName.TryGive(Target, replaces || (judged is { } before && Target.Look()?.IsUnchangedSince(before) == true)))
        {
            return false;
        }

        RemoveJournal();
        if (flush)
        {
            FinalName.FlushDirectory(Target.Directory);
        }

        return true;
    }

    /// <summary>Closes the part and releases the lock.</summary>
    public void Dispose()
    {
        Close();
        _lock.Dispose();
    }

    private void RemoveJournal()
    {
        RegularFile.DeleteIfThere(Target.JournalPath);
        RegularFile.DeleteIfThere(Target.NewJournalPath);
    }

    private void RequireHeld()
    {
        if (!IsHeld())
        {
            throw new DownloadException(DownloadFailure.Locked, $"The lock of '{Target.FinalPath}' was removed by someone else. Run it again.") { Path = Target.FinalPath };
        }
    }

    private void RequireLength()
    {
        if (RandomAccess.GetLength(Handle) < _length)
        {
            throw new IOException("The temporary file is shorter than what was written to it: something else has cut it.");
        }
    }
}
