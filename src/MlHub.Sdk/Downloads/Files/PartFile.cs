using Microsoft.Win32.SafeHandles;

namespace MlHub.Sdk.Downloads.Files;

/// <summary>
/// A file during its download: the part file, its journal, the lock on both, and the rename to the final name. No other code writes these files. Only one
/// thread at a time may call it, except <see cref="Write"/> and <see cref="Read"/>.
/// </summary>
internal sealed class PartFile : IDisposable
{
    // 8 TiB in blocks of 16 MiB have a journal of 4.3 MB. A much larger file is not a journal of this library.
    private const long MostJournalBytes = 64 * 1024 * 1024;

    private const long FlushStep = 8 * 1024 * 1024;
    private const long FlushStepElsewhere = 256 * 1024 * 1024;

    private readonly LockFile _lock;
    private SafeFileHandle? _file;
    private long _length;
    private long _flushedAt;

    private PartFile(Target target, LockFile held) => (Target, _lock) = (target, held);

    internal Target Target { get; }

    /// <summary>Whether the part file exists.</summary>
    internal bool Exists => Status is { IsRegular: true };

    /// <summary>The disk space allocated to the part file.</summary>
    internal long BytesOnDisk => Status?.Allocated ?? 0;

    /// <summary>
    /// Whether the part file may have been truncated and extended again, which leaves zeros. Valid only when all bytes have been written. A hole smaller than a
    /// block of the file system is not detected. On Windows, and on file systems that do not report holes (lseek(2)), no hole is detected.
    /// </summary>
    internal bool MayHaveHoles => OperatingSystem.IsLinux()
        ? UnixCalls.Seek(Handle, 0, UnixCalls.SeekHole) is >= 0 and var hole && hole < _length
        : FileStatus.Of(Handle) is { } status && status.Allocated < status.Size;

    private FileStatus? Status => FileStatus.At(Target.PartPath, followsLinks: false);

    private SafeFileHandle Handle => _file ?? throw new InvalidOperationException("The part file is not open.");

    /// <summary>
    /// Takes the lock of the target. If that fails, returns null and the holder, which is null if it is unknown yet. The caller retries with the same watch
    /// until the lock is free.
    /// </summary>
    /// <exception cref="DownloadException">The directory cannot be written, or the path of one of the files is not a regular file.</exception>
    internal static PartFile? TryTake(Target target, SilenceWatch watch, out string? holder)
    {
        target.RequireRegularFiles();
        return LockFile.TryTake(target.LockPath, watch, out holder) is { } held ? new PartFile(target, held) : null;
    }

    /// <summary>Whether the part file has a second hard link, whose content would change too. Not detected on Windows.</summary>
    internal static bool HasOtherNames(Target target) => FileStatus.At(target.PartPath, followsLinks: false) is { Names: > 1 };

    /// <summary>
    /// Reads the journal without taking the lock, so another process may be changing it. Null if there is no journal, or no part file that can be resumed.
    /// </summary>
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
            // The bytes are downloaded again; the result stays correct. If the journal cannot be written either, that is reported later.
            return null;
        }
    }

    /// <summary>Whether this process still holds the lock. If another program removed it, another process may be using the same files.</summary>
    internal bool IsHeld() => _lock.IsHeld();

    /// <summary>
    /// Creates a new part file and replaces an existing one. It has its full length from the start, so that truncation is detected, and its disk space is
    /// reserved. The length is null if it is unknown.
    /// </summary>
    internal void Create(long? length)
    {
        Close();
        _length = length ?? 0;
        _flushedAt = 0;
        _file = RegularFile.CreateReserved(Target.PartPath, _length);
        RegularFile.SetLength(Handle, _length);
    }

    /// <summary>Opens the part file of an earlier run and extends it to its full length.</summary>
    /// <exception cref="IOException">It does not exist, is not a regular file, or has a second hard link.</exception>
    internal void Open(long length)
    {
        Close();
        _length = length;
        _flushedAt = 0;
        _file = RegularFile.Open(Target.PartPath, FileAccess.ReadWrite);
        if (FileStatus.Of(_file) is { Names: > 1 })
        {
            Close();
            throw new IOException($"'{Target.PartPath}' has a second name (a hard link), whose content would change too.");
        }

        RegularFile.SetLength(Handle, length);
    }

    /// <summary>Closes the part file and keeps it.</summary>
    internal void Close()
    {
        _file?.Dispose();
        _file = null;
    }

    /// <summary>Writes bytes. If the length of the part file is unknown, only one thread at a time may write.</summary>
    /// <exception cref="IOException">The disk failed, or another program truncated the part file. The truncated bytes would read as zeros.</exception>
    internal void Write(ReadOnlySpan<byte> bytes, long position)
    {
        RequireLength();
        RegularFile.Write(Handle, bytes, position);
        if (position + bytes.Length > _length)
        {
            _length = position + bytes.Length;
        }
    }

    /// <summary>Reads until the buffer is full, or until the end of the part file.</summary>
    internal int Read(Span<byte> bytes, long position) => RegularFile.ReadAll(Handle, bytes, position);

    /// <summary>Starts writing the received bytes to disk, so that little is left for the final flush. Called periodically.</summary>
    internal void BeginWriting(long bytesArrived)
    {
        if (bytesArrived - _flushedAt < (OperatingSystem.IsLinux() ? FlushStep : FlushStepElsewhere))
        {
            return;
        }

        _flushedAt = bytesArrived;
        if (OperatingSystem.IsLinux())
        {
            // This neither waits nor guarantees durability (sync_file_range(2)). On a file system that does not support it, the final flush does all the work.
            _ = UnixCalls.SyncFileRange(Handle, 0, 0, UnixCalls.BeginWriting);
        }
        else
        {
            RandomAccess.FlushToDisk(Handle);
        }
    }

    /// <summary>Replaces the journal atomically, so that a kill leaves either the old one or the new one.</summary>
    /// <exception cref="IOException">The journal cannot be written. The old one may still exist.</exception>
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
            // An incomplete journal is useless and takes disk space.
            RegularFile.DeleteIfThere(Target.NewJournalPath);
            throw error as IOException ?? new IOException(FileErrors.Reason(error), error);
        }
    }

    /// <summary>Removes the journal.</summary>
    /// <exception cref="DownloadException">Another program removed the lock, so the journal may belong to another process.</exception>
    internal void DiscardJournal()
    {
        RequireHeld();
        RemoveJournal();
    }

    /// <summary>
    /// Closes the part file and removes it together with its journal. The journal is removed first, so that it never describes a part file that does not exist.
    /// </summary>
    /// <exception cref="DownloadException">Another program removed the lock, so the part file may belong to another process.</exception>
    internal void Discard()
    {
        Close();
        DiscardJournal();
        RegularFile.DeleteIfThere(Target.PartPath);
    }

    /// <summary>
    /// Attaches a receipt to the part file, which keeps it after the rename. Failures are ignored, because not every file system supports it.
    /// </summary>
    internal void SetReceipt(ReadOnlySpan<byte> bytes) => FinishedFile.SetReceipt(Handle, Target.PartPath, bytes);

    /// <summary>
    /// Sets the modification time of the published file, and returns it in UTC, with the precision of the file system. Call it after the last write: it also
    /// removes bytes that another program appended.
    /// </summary>
    internal DateTime StampTime()
    {
        RequireLength();
        if (RandomAccess.GetLength(Handle) > _length)
        {
            RegularFile.SetLength(Handle, _length);
        }

        // Some file systems store only microseconds or coarser times.
        var now = DateTime.UtcNow;
        File.SetLastWriteTimeUtc(Handle, now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond)));
        return FileStatus.Of(Handle)?.Modified ?? File.GetLastWriteTimeUtc(Handle);
    }

    /// <summary>
    /// Renames the part file to its final name atomically and removes the journal. With <paramref name="flush"/>, the part file is flushed before and the
    /// directory after, so that a power failure leaves either the complete file or no file. The part file is closed on return.
    /// </summary>
    /// <param name="replaces">Whether to replace an existing file.</param>
    /// <param name="compared">
    /// The existing file that was checked and may be replaced in any case. Null if there was none. A file that was created since then belongs to another
    /// program.
    /// </param>
    /// <param name="flush">Whether to flush to disk.</param>
    /// <param name="cancellationToken">Cancels the operation before the rename.</param>
    /// <returns>False if a file with the final name was created and must not be replaced. The part file is kept.</returns>
    /// <exception cref="DownloadException">Another program removed the lock, or the final path is a directory, pipe or device.</exception>
    /// <exception cref="OperationCanceledException">The operation was cancelled before the rename.</exception>
    /// <exception cref="IOException">Another program truncated or replaced the part file, or the disk failed.</exception>
    internal bool Publish(bool replaces, FileStatus? compared, bool flush, CancellationToken cancellationToken)
    {
        RequireLength();
        if (flush)
        {
            RandomAccess.FlushToDisk(Handle);
        }

        // Flushing can take long. If the caller cancelled during it, the operation must report the cancellation. The part file can be resumed.
        cancellationToken.ThrowIfCancellationRequested();
        var isOurs = FileStatus.IsAt(Target.PartPath, Handle);
        Close();
        if (!isOurs)
        {
            throw new IOException($"'{Target.PartPath}' was replaced by another program during the download.");
        }

        RequireHeld();
        _ = Target.TryGetExisting(out _);
        if (!FinalName.TryGive(Target, replaces || (compared is { } before && Target.Look()?.IsUnchangedSince(before) == true)))
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

    /// <summary>Closes the part file and releases the lock.</summary>
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
            throw new DownloadException(DownloadFailure.Locked, $"The lock of '{Target.FinalPath}' was removed by another program. Run the download again.") { Path = Target.FinalPath };
        }
    }

    private void RequireLength()
    {
        if (RandomAccess.GetLength(Handle) < _length)
        {
            throw new IOException("The temporary file is shorter than the data written to it: another program truncated it.");
        }
    }
}
