using System.Buffers;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using MlHub.Sdk.Downloads.Journaling;
using MlHub.Sdk.Downloads.Planning;
using MlHub.Sdk.Downloads.Remote;

namespace MlHub.Sdk.Tests.Downloads;

public sealed class JournalTests
{
    [Fact]
    public void A_journal_is_read_as_it_was_written()
    {
        var journal = Sample(1_000_000, every: 3);

        var read = JournalFormat.Read(Write(journal));

        Assert.NotNull(read);
        Assert.Equal(journal.Identity, read.Identity);
        Assert.Equal(journal.Digests, read.Digests);
        Assert.Equal(journal.States, read.States);
        Assert.Equal(journal.Granules, read.Granules);
        Assert.Equal(journal.Checksums.Where((_, index) => index % 3 == 0), read.Checksums.Where((_, index) => index % 3 == 0));
    }

    [Fact]
    public void A_journal_cut_short_anywhere_is_none()
    {
        var bytes = Write(Sample(300_000, every: 2));

        Assert.All(Enumerable.Range(0, bytes.Length), length => Assert.Null(JournalFormat.Read(bytes.AsSpan(0, length))));
    }

    [Fact]
    public void A_journal_with_any_bit_flipped_is_none()
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
    public bool Garbage_is_none(byte[] garbage) => JournalFormat.Read(garbage) is null;

    [Theory]
    [InlineData(1)]
    [InlineData(10L << 20)]
    [InlineData(64L << 20)]
    [InlineData(2L << 30)]
    [InlineData(70L << 30)]
    [InlineData(8L << 40)]
    public void A_journal_is_small_and_half_a_granule_for_each_connection_is_little(long length)
    {
        var granules = Granules.For(length);

        Assert.InRange((granules.Count * 8L) + (granules.Count / 8) + 1000, 0, 4.3 * (1 << 20));
        Assert.True(granules.Size == 4096 || 16 * (granules.Size / 2) <= 0.02 * length, $"{granules}");
        Assert.True(Granules.IsPossible(length, granules.Size));
        Assert.Equal(length, granules.End(granules.Count - 1));
    }

    [Theory]
    [InlineData(long.MaxValue, 4096)]
    [InlineData(long.MaxValue, 16 << 20)]
    [InlineData(Granules.MostLength + 1, 16 << 20)]
    public void A_length_that_no_disk_holds_is_not_believed(long length, int size) => Assert.False(Granules.IsPossible(length, size));

    private static Journal Sample(long length, int every)
    {
        var granules = Granules.For(length);
        return new Journal
        {
            Identity = new RemoteIdentity
            {
                Url = "https://example.org/data.bin",
                ETag = new EntityTag("\"v1\""),
                LastModified = new DateTimeOffset(2026, 1, 5, 10, 0, 0, TimeSpan.Zero),
                IsLastModifiedStrong = true,
                Length = length,
            },
            Digests = [FileDigest.Parse("md5:d41d8cd98f00b204e9800998ecf8427e"), FileDigest.Parse("crc32c:01020304")],
            Granules = granules,
            States = [.. Enumerable.Range(0, granules.Count).Select(index => index % every == 0 ? GranuleState.Recorded : GranuleState.Missing)],
            Checksums = [.. Enumerable.Range(0, granules.Count).Select(index => (ulong)index * 7919)],
        };
    }

    private static byte[] Write(Journal journal)
    {
        var output = new ArrayBufferWriter<byte>();
        JournalFormat.Write(output, journal);
        return output.WrittenSpan.ToArray();
    }
}
