using System.Buffers;
using MlHub.Sdk.Downloads.Disk;
using MlHub.Sdk.Downloads.Naming;

namespace MlHub.Sdk.Downloads.Journaling;

/// <summary>The journal on disk: replaced whole, so that a kill leaves either the old one or the new one.</summary>
internal sealed class JournalFile(Target target)
{
    // 8 TiB in granules of 16 MiB have one of 4.3 MB; anything much bigger was not written here.
    private const long MostBytes = 64 * 1024 * 1024;
    private readonly ArrayBufferWriter<byte> _buffer = new();

    internal static Journal? TryRead(Target target)
    {
        try
        {
            var file = new FileInfo(target.JournalPath);
            var isThere = file.Exists && OrdinaryFile.IsThereOrNothing(target.JournalPath) && File.Exists(target.PartPath);
            return isThere && file.Length <= MostBytes ? JournalFormat.Read(File.ReadAllBytes(target.JournalPath)) : null;
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            // A journal that cannot be read costs bytes, never correctness. If its place cannot be written either, that will be said then.
            return null;
        }
    }

    internal void Write(Journal journal)
    {
        _buffer.ResetWrittenCount();
        JournalFormat.Write(_buffer, journal);
        try
        {
            using (var file = File.OpenHandle(target.NewJournalPath, FileMode.Create, FileAccess.Write))
            {
                DiskWrite.Write(file, _buffer.WrittenSpan, 0);
            }

            File.Move(target.NewJournalPath, target.JournalPath, overwrite: true);
        }
        catch (IOException)
        {
            // Half a journal is of no use, and takes room.
            File.Delete(target.NewJournalPath);
            throw;
        }
    }
}
