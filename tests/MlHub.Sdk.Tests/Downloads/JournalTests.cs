using System.Buffers;
using System.Buffers.Binary;
using System.IO.Hashing;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using MlHub.Sdk.Downloads.Identity;
using MlHub.Sdk.Downloads.Planning;
using MlHub.Sdk.Downloads.Resume;

namespace MlHub.Sdk.Tests.Downloads;

public sealed class JournalTests
{
    private const string SampleDigests = "md5:d41d8cd98f00b204e9800998ecf8427e\ncrc32c:01020304";

    [Fact]
    public void A_journal_round_trips()
    {
        var journal = Sample(1_000_000, every: 3);

        var read = JournalFormat.Read(Write(journal));

        Assert.NotNull(read);
        Assert.Equal(journal.Identity, read.Identity);
        Assert.True(read.IsAdopted);
        Assert.Equal(journal.Digests, read.Digests);
        Assert.Equal(journal.States, read.States);
        Assert.Equal(journal.Blocks, read.Blocks);
        Assert.Equal(journal.Checksums.Where((_, index) => index % 3 == 0), read.Checksums.Where((_, index) => index % 3 == 0));
    }

    [Fact]
    public void A_truncated_journal_is_rejected()
    {
        var bytes = Write(Sample(300_000, every: 2));

        Assert.All(Enumerable.Range(0, bytes.Length), length => Assert.Null(JournalFormat.Read(bytes.AsSpan(0, length))));
    }

    [Fact]
    public void A_journal_with_a_flipped_bit_is_rejected()
    {
        var bytes = Write(Sample(100_000, every: 2));
        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            bytes[bit >> 3] ^= (byte)(1 << (bit & 7));
            Assert.Null(JournalFormat.Read(bytes));
            bytes[bit >> 3] ^= (byte)(1 << (bit & 7));
        }
    }

    [Property]
    public bool Garbage_is_none(byte[] garbage) => JournalFormat.Read(garbage) is null && JournalFormat.Read(Sealed(garbage)) is null;

    // As written by another version or by hand: the checksum is valid, and the content is arbitrary. A journal that is accepted must round-trip.
    [Property(MaxTest = 2000)]
    public void An_altered_journal_with_a_valid_checksum_is_rejected_or_round_trips(byte[] anything, int where, bool cutsTheRest)
    {
        var body = Write(Sample(20_000, every: 2))[..^8];
        var start = (int)((uint)where % (uint)body.Length);
        var rest = cutsTheRest ? [] : body[Math.Min(body.Length, start + anything.Length)..];
        if (JournalFormat.Read(Sealed([.. body[..start], .. anything, .. rest])) is not { } read)
        {
            return;
        }

        var written = Write(read);
        Assert.True(Blocks.IsPossible(read.Blocks.FileLength, read.Blocks.Size));
        Assert.Equal(read.Blocks.Count, read.States.Length);
        Assert.Equal(read.Blocks.Count, read.Checksums.Length);
        Assert.Equal(written, Write(JournalFormat.Read(written)!));
        Assert.Equal((byte[])Sealed([.. body[..start], .. anything, .. rest]), written);
    }

    [Theory]
    [InlineData("magic", 0)]
    [InlineData("version", 0)]
    [InlineData("version", 2)]
    [InlineData("version", 3)]
    [InlineData("version", 5)]
    [InlineData("length", 0)]
    [InlineData("length", -1)]
    [InlineData("length", long.MinValue)]
    [InlineData("length", long.MaxValue)]
    [InlineData("length", Blocks.MostLength)]
    [InlineData("length", Blocks.MostLength + 1)]
    [InlineData("length", 100_000 - 4096)]
    [InlineData("length", 100_000 + (8 * 4096))]
    [InlineData("block size", 0)]
    [InlineData("block size", 1)]
    [InlineData("block size", -1)]
    [InlineData("block size", int.MinValue)]
    [InlineData("block size", 4095)]
    [InlineData("block size", 2048)]
    [InlineData("block size", 8192)]
    [InlineData("block size", 32 << 20)]
    [InlineData("length of the address", 0)]
    [InlineData("length of the address", 1000)]
    [InlineData("length of the address", 16 * 1024)]
    [InlineData("length of the address", (16 * 1024) + 1)]
    [InlineData("length of the address", int.MaxValue)]
    [InlineData("length of the address", -1)]
    [InlineData("length of the ETag", (16 * 1024) + 1)]
    [InlineData("length of the ETag", -1)]
    [InlineData("length of the digests", 3)]
    [InlineData("length of the digests", (16 * 1024) + 1)]
    [InlineData("length of the digests", -1)]
    [InlineData("name of the first digest", 0)]
    [InlineData("length of the media type", (16 * 1024) + 1)]
    [InlineData("length of the media type", -1)]
    [InlineData("blocks that are there", 0)]
    [InlineData("blocks that are there", -1)]
    public void A_journal_with_a_valid_checksum_and_an_impossible_field_is_rejected(string field, long value)
    {
        var body = Write(Sample(100_000, every: 2))[..^8];
        Assert.NotNull(JournalFormat.Read(Sealed(body)));

        var (start, count) = Place(field);
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        bytes[..count].CopyTo(body.AsSpan(start));

        Assert.Null(JournalFormat.Read(Sealed(body)));
    }

    [Fact]
    public void A_journal_with_overlong_texts_is_rejected()
    {
        var journal = Sample(100_000, every: 2);
        var tooLong = new string('x', (16 * 1024) + 1);

        Assert.Null(JournalFormat.Read(Write(journal with { Identity = journal.Identity with { Url = tooLong } })));
        Assert.Null(JournalFormat.Read(Write(journal with { Identity = journal.Identity with { ETag = new EntityTag(tooLong) } })));
        Assert.NotNull(JournalFormat.Read(Write(journal with { Digests = [.. Enumerable.Repeat(journal.Digests[0], 64)] })));
        Assert.Null(JournalFormat.Read(Write(journal with { Digests = [.. Enumerable.Repeat(journal.Digests[0], 500)] })));
    }

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(-1L << 40)]
    public void A_journal_with_an_invalid_date_is_rejected(long seconds)
    {
        var body = Write(Sample(100_000, every: 2))[..^8];
        BinaryPrimitives.WriteInt64LittleEndian(body.AsSpan(Place("Last-Modified").Start), seconds);

        Assert.Null(JournalFormat.Read(Sealed(body)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(10L << 20)]
    [InlineData(64L << 20)]
    [InlineData(2L << 30)]
    [InlineData(70L << 30)]
    [InlineData(8L << 40)]
    public void The_journal_and_the_bytes_lost_in_a_crash_are_small(long length)
    {
        var blocks = Blocks.For(length);

        Assert.InRange((blocks.Count * 8L) + (blocks.Count / 8) + 1000, 0, 4.3 * (1 << 20));
        Assert.True(blocks.Size == 4096 || 16 * (blocks.Size / 2) <= 0.02 * length, $"{blocks}");
        Assert.True(Blocks.IsPossible(length, blocks.Size));
        Assert.Equal(length, blocks.End(blocks.Count - 1));
    }

    [Theory]
    [InlineData(long.MaxValue, 4096)]
    [InlineData(long.MaxValue, 16 << 20)]
    [InlineData(Blocks.MostLength + 1, 16 << 20)]
    public void A_length_too_large_for_any_disk_is_rejected(long length, int size) => Assert.False(Blocks.IsPossible(length, size));

    private static ResumeState Sample(long length, int every)
    {
        var blocks = Blocks.For(length);
        return new ResumeState
        {
            Identity = new FileIdentity
            {
                Url = "https://example.org/data.bin",
                Asked = 0xF1F2F3F4F5F6F7F8,
                Query = 0x0102030405060708,
                MediaType = "application/gzip",
                ETag = new EntityTag("\"v1\""),
                LastModified = new DateTimeOffset(2026, 1, 5, 10, 0, 0, TimeSpan.Zero),
                IsLastModifiedStrong = true,
                Length = length,
            },
            IsAdopted = true,
            Digests = [.. SampleDigests.Split('\n').Select(FileDigest.Parse)],
            Blocks = blocks,
            States = [.. Enumerable.Range(0, blocks.Count).Select(index => index % every == 0 ? BlockState.Recorded : BlockState.Missing)],
            Checksums = [.. Enumerable.Range(0, blocks.Count).Select(index => (ulong)index * 7919)],
        };
    }

    // The position and length of a field in the sample: its address has 28 bytes, its ETag four.
    private static (int Start, int Count) Place(string field) => field switch
    {
        "magic" => (0, 4),
        "version" => (4, 2),
        "length" => (8, 8),
        "block size" => (16, 4),
        "length of the address" => (20, 4),
        "length of the ETag" => (68, 4),
        "Last-Modified" => (76, 8),
        "length of the digests" => (84, 4),
        "name of the first digest" => (88, 2),
        "length of the media type" => (88 + SampleDigests.Length, 4),
        "blocks that are there" => (92 + SampleDigests.Length + "application/gzip".Length, 1),
        _ => throw new ArgumentException($"There is no {field}.", nameof(field)),
    };

    private static byte[] Sealed(byte[] body)
    {
        var bytes = new byte[body.Length + 8];
        body.CopyTo(bytes, 0);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(body.Length), XxHash3.HashToUInt64(body));
        return bytes;
    }

    private static byte[] Write(ResumeState journal)
    {
        var output = new ArrayBufferWriter<byte>();
        JournalFormat.Write(output, journal);
        return output.WrittenSpan.ToArray();
    }
}
