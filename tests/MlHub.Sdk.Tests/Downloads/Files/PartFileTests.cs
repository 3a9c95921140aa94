using System.Runtime.Versioning;
using MlHub.Sdk.Downloads.Files;

namespace MlHub.Sdk.Tests.Downloads.Files;

public sealed class PartFileTests : FilesTest
{
    private const int Size = 3_000_000;

    // More than the 16 TiB that ext4 allows, and more than the size of any disk.
    private const long Huge = 9_000_000_000_000_000;
    private static readonly byte[] Bytes = Enumerable.Range(0, Size).Select(index => (byte)(index % 251 | 1)).ToArray();

    [Theory]
    [InlineData(0)]
    [InlineData(1000)]
    [InlineData(Size)]
    public void A_part_file_has_its_full_length_from_the_start_and_becomes_the_file(int size)
    {
        using var part = Take();
        Assert.False(part.Exists);
        part.Create(size);
        Assert.Equal(size, new FileInfo(Target.PartPath).Length);
        part.Write(Bytes.AsSpan(0, size), 0);
        part.WriteJournal([1]);
        part.BeginWriting(long.MaxValue);

        Assert.True(part.Publish(replaces: false, compared: null, flush: true, CancellationToken.None));

        Assert.True(Bytes.AsSpan(0, size).SequenceEqual(File.ReadAllBytes(Target.FinalPath)));
        Assert.Equal(new[] { Target.FinalPath, Target.LockPath, Victim }.Order(), Directory.GetFiles(Output).Order());
    }

    [Fact]
    public void A_part_file_of_unknown_length_grows()
    {
        using var part = Take();
        part.Create(null);
        part.Write([1, 2], 0);
        part.Write([3], 2);

        Span<byte> read = stackalloc byte[8];
        Assert.Equal(3, part.Read(read, 0));
        Assert.Equal(0, part.Read(read, 3));
        Assert.True(part.Publish(replaces: false, compared: null, flush: false, CancellationToken.None));
        Assert.Equal([1, 2, 3], File.ReadAllBytes(Target.FinalPath));
    }

    [Fact]
    public void The_part_file_of_an_earlier_run_is_opened_with_its_bytes_and_its_full_length()
    {
        File.WriteAllBytes(Target.PartPath, [1, 2, 3, 4]);
        File.WriteAllBytes(Target.JournalPath, [5]);
        Assert.Equal([5], PartFile.ReadJournal(Target));

        using var part = Take();
        Assert.True(part.Exists);
        part.Open(Size);

        Span<byte> read = stackalloc byte[4];
        Assert.Equal(4, part.Read(read, 0));
        Assert.Equal([1, 2, 3, 4], read.ToArray());
        Assert.Equal(Size, new FileInfo(Target.PartPath).Length);
        part.Create(2);
        Assert.Equal(new byte[2], ReadPart(part));
    }

    [Fact]
    public void A_journal_without_a_part_file_or_with_an_implausible_size_is_ignored()
    {
        Assert.Null(PartFile.ReadJournal(Target));
        File.WriteAllBytes(Target.JournalPath, [5]);
        Assert.Null(PartFile.ReadJournal(Target));
        File.WriteAllBytes(Target.PartPath, [1]);
        Assert.Equal([5], PartFile.ReadJournal(Target));

        using (var journal = File.OpenWrite(Target.JournalPath))
        {
            journal.SetLength(65 * 1024 * 1024);
        }

        Assert.Null(PartFile.ReadJournal(Target));
    }

    [PermissionsFact]
    [UnsupportedOSPlatform("windows")]
    public void A_journal_that_cannot_be_read_is_ignored()
    {
        File.WriteAllBytes(Target.PartPath, [1]);
        File.WriteAllBytes(Target.JournalPath, [5]);
        File.SetUnixFileMode(Target.JournalPath, UnixFileMode.None);

        Assert.Null(PartFile.ReadJournal(Target));
    }

    [UnixFact("nothing tells how many names a file has")]
    public void A_part_file_with_a_second_hard_link_is_not_changed()
    {
        File.WriteAllBytes(Target.PartPath, [1, 2, 3]);
        File.WriteAllBytes(Target.JournalPath, [5]);
        var snapshot = Path.Combine(Output, "snapshot");
        RunTool("ln", Target.PartPath, snapshot);

        using var part = Take();
        Assert.True(PartFile.HasOtherNames(Target));
        Assert.Null(PartFile.ReadJournal(Target));
        Assert.Contains("hard link", Assert.Throws<IOException>(() => part.Open(10)).Message, StringComparison.Ordinal);
        part.Create(2);
        part.Write([9, 9], 0);

        Assert.False(PartFile.HasOtherNames(Target));
        Assert.Equal([1, 2, 3], File.ReadAllBytes(snapshot));
    }

    [Fact]
    public void A_truncated_part_file_is_an_error_wherever_it_is_detected()
    {
        using var part = TakeAndWrite(Bytes);
        Cut(1000);

        foreach (var act in (Action[])[() => part.Write([1], 5), () => part.StampTime(), () => part.Publish(false, compared: null, flush: false, CancellationToken.None)])
        {
            Assert.Contains("another program truncated it", Assert.Throws<IOException>(act).Message, StringComparison.Ordinal);
        }

        Assert.False(File.Exists(Target.FinalPath));
    }

    [UnixTheory("nothing tells where a file has holes")]
    [InlineData(0)]
    [InlineData(Size / 2)]
    [InlineData(Size - 10_000)]
    public void A_part_file_that_was_truncated_and_extended_may_have_holes(int length)
    {
        using var part = TakeAndWrite(Bytes);
        Assert.False(part.MayHaveHoles);

        Cut(length);
        Cut(Size);

        Assert.True(part.MayHaveHoles);
        part.Write(Bytes, 0);
        Assert.False(part.MayHaveHoles);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1000)]
    [InlineData(Size)]
    public void A_part_file_that_was_not_truncated_has_no_holes(int size)
    {
        using var part = TakeAndWrite(Bytes[..size]);
        Assert.False(part.MayHaveHoles);
        Assert.True(part.Publish(replaces: false, compared: null, flush: true, CancellationToken.None));
        part.Create(size);
        part.Write(Bytes.AsSpan(0, size), 0);
        Assert.False(part.MayHaveHoles);
    }

    [Fact]
    public void Disk_space_is_reserved_for_a_large_part_file()
    {
        using var part = Take();
        part.Create(Size);

        Assert.True(part.BytesOnDisk >= Size || OperatingSystem.IsMacOS(), $"Only {part.BytesOnDisk} bytes are reserved.");
    }

    [Fact]
    public void Disk_space_that_cannot_be_reserved_is_a_full_disk_or_a_too_large_file_and_leaves_no_file()
    {
        using var part = Take();
        var failure = Record.Exception(() => part.Create(Huge))!;

        Assert.True(DiskErrors.IsFull(failure) ^ DiskErrors.IsTooBig(failure), failure.ToString());
        Assert.False(part.Exists);
    }

    [Fact]
    public void Publishing_replaces_an_existing_file_only_on_request_and_otherwise_keeps_the_part_file()
    {
        using var part = TakeAndWrite([1, 2, 3]);
        part.WriteJournal([4]);
        File.WriteAllText(Target.FinalPath, "theirs");

        Assert.False(part.Publish(replaces: false, compared: null, flush: false, CancellationToken.None));
        Assert.Equal("theirs", File.ReadAllText(Target.FinalPath));
        Assert.Equal([4], PartFile.ReadJournal(Target));

        part.Open(3);
        Assert.True(part.Publish(replaces: true, compared: null, flush: false, CancellationToken.None));
        Assert.Equal([1, 2, 3], File.ReadAllBytes(Target.FinalPath));
        Assert.False(part.Exists || File.Exists(Target.JournalPath));
    }

    [UnixFact("links are for administrators")]
    public void A_dangling_link_counts_as_an_existing_file()
    {
        using var part = TakeAndWrite([1]);
        Plant("dangling link", Target.FinalPath);

        Assert.False(part.Publish(replaces: false, compared: null, flush: false, CancellationToken.None));
        Assert.False(Target.TryGetExisting(out _));
        Assert.True(part.Exists);
    }

    [Fact]
    public void Cancelled_publishing_keeps_the_part_file()
    {
        using var part = TakeAndWrite([1, 2, 3]);

        Assert.Throws<OperationCanceledException>(() => part.Publish(replaces: true, compared: null, flush: true, new CancellationToken(canceled: true)));

        Assert.True(part.Exists);
        Assert.False(File.Exists(Target.FinalPath));
    }

    [UnixFact("what is open cannot be replaced")]
    public void A_replaced_part_file_is_not_published()
    {
        using var part = TakeAndWrite([1, 2, 3]);
        var time = part.StampTime();
        File.Delete(Target.PartPath);
        File.WriteAllBytes(Target.PartPath, [9, 9, 9]);
        File.SetLastWriteTimeUtc(Target.PartPath, time);

        Assert.Contains("was replaced", Assert.Throws<IOException>(() => part.Publish(true, compared: null, flush: false, CancellationToken.None)).Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Target.FinalPath));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_published_file_has_the_receipt_and_the_time_of_the_part_file_and_keeps_them_when_renamed(bool replaces)
    {
        using var part = TakeAndWrite([1, 2, 3]);
        var time = part.StampTime();
        part.SetReceipt(Receipt);
        Assert.True(part.Publish(replaces, compared: null, flush: true, CancellationToken.None));

        var moved = Path.Combine(Output, "moved");
        File.Move(Target.FinalPath, moved);

        Assert.Equal(Receipt, FinishedFile.ReadReceipt(moved));
        Assert.Equal(time, FinishedFile.WrittenAt(moved));
        Assert.Equal(time, File.GetLastWriteTimeUtc(moved));
        Assert.Equal(DateTimeKind.Utc, time.Kind);
        Assert.InRange(DateTime.UtcNow - time, TimeSpan.Zero, TimeSpan.FromMinutes(5));
    }

    [Fact]
    public void There_is_no_receipt_if_none_was_set_or_if_it_is_larger_than_four_kibibytes()
    {
        using var part = TakeAndWrite([1]);
        part.SetReceipt(new byte[5000]);
        Assert.True(part.Publish(replaces: false, compared: null, flush: false, CancellationToken.None));

        Assert.Null(FinishedFile.ReadReceipt(Target.FinalPath));
        Assert.Null(FinishedFile.ReadReceipt(Target.FinalPath + "-nowhere"));
        Assert.Null(FinishedFile.WrittenAt(Target.FinalPath + "-nowhere"));
    }

    [Fact]
    public void Bytes_appended_by_another_program_are_removed()
    {
        using var part = TakeAndWrite([1, 2, 3]);
        Cut(10);
        part.StampTime();

        Assert.True(part.Publish(replaces: false, compared: null, flush: false, CancellationToken.None));
        Assert.Equal([1, 2, 3], File.ReadAllBytes(Target.FinalPath));
    }

    [Fact]
    public void Discarding_removes_the_part_file_and_its_journal()
    {
        using var part = TakeAndWrite([1, 2, 3]);
        part.WriteJournal([4]);
        File.WriteAllBytes(Target.NewJournalPath, [5]);

        part.Discard();

        Assert.Equal(new[] { Target.LockPath, Victim }.Order(), Directory.GetFiles(Output).Order());
    }

    private static byte[] ReadPart(PartFile part)
    {
        var bytes = new byte[Size];
        return bytes[..part.Read(bytes, 0)];
    }

    private void Cut(long length)
    {
        using var part = File.OpenHandle(Target.PartPath, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        RandomAccess.SetLength(part, length);
    }
}
