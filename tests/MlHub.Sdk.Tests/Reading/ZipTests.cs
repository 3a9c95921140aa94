using System.IO.Compression;
using System.Security.Cryptography;

namespace MlHub.Sdk.Tests.Reading;

/// <summary>Members of a remote archive are read without the archive.</summary>
public sealed class ZipTests : ReadingTest
{
    private const int Members = 300;

    private readonly Dictionary<string, byte[]> _members = Enumerable.Range(0, Members)
        .ToDictionary(number => $"labels/{number:000}.bin", _ => RandomNumberGenerator.GetBytes(40_000));

    public ZipTests()
    {
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create))
        {
            foreach (var (name, content) in _members)
            {
                using var entry = zip.CreateEntry(name).Open();
                entry.Write(content);
            }
        }

        Remote.Bytes = bytes.ToArray();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Reading_three_members_of_an_archive_transfers_little_more_than_their_bytes(bool isCutAllTheTime)
    {
        Remote.CutAfter = isCutAllTheTime ? 20_000 : null;
        await using var stream = await OpenAsync();
        await using var zip = await ZipArchive.CreateAsync(stream, ZipArchiveMode.Read, leaveOpen: true, entryNameEncoding: null);

        Assert.Equal(Members, zip.Entries.Count);
        foreach (var name in (string[])["labels/007.bin", "labels/150.bin", "labels/299.bin"])
        {
            using var content = new MemoryStream();
            await using var member = await zip.GetEntry(name)!.OpenAsync();
            await member.CopyToAsync(content);
            Assert.True(_members[name].AsSpan().SequenceEqual(content.ToArray()), name);
        }

        Assert.InRange(Server.BodyBytes, 3 * 40_000, 600_000);
        Assert.True(Remote.Bytes.Length > 12_000_000);
    }

    [Fact]
    public async Task Members_are_read_synchronously_as_well()
    {
        await using var stream = await OpenAsync();
        using var zip = new ZipArchive(stream);
        using var content = new MemoryStream();

        using (var member = zip.GetEntry("labels/150.bin")!.Open())
        {
            member.CopyTo(content);
        }

        Assert.Equal(_members["labels/150.bin"], content.ToArray());
    }
}
