using System.Buffers;
using System.Buffers.Binary;
using System.IO.Hashing;
using System.Security.Cryptography;
using MlHub.Sdk.Downloads.Resume;
using MlHub.Sdk.Tests.Downloads;

namespace MlHub.Sdk.Tests.Fuzzing;

/// <summary>A damaged journal is ignored, or describes what the part file contains. It never leads to a wrong file.</summary>
public sealed class ResumeFuzzTests : FuzzTest
{
    private const int Size = 200_000;

    [Fact]
    public Task Any_journal_is_ignored_or_read_and_written_alike() => Fuzzer.RunAsync("journals", input =>
    {
        foreach (var journal in new[] { input, Sealed(input) })
        {
            if (JournalFormat.Read(journal) is not { } state)
            {
                continue;
            }

            var again = new ArrayBufferWriter<byte>();
            JournalFormat.Write(again, state);
            Assert.Equal(journal, again.WrittenSpan.ToArray());
            Assert.Equal((state.Blocks.Count, state.Blocks.Count), (state.States.Length, state.Checksums.Length));
            var plan = state.MakePlan(TimeProvider.System);
            Assert.InRange(plan.BytesDone, 0, state.Blocks.FileLength);
            Assert.Equal(plan.BytesDone == state.Blocks.FileLength, plan.FirstGap() is null);
        }
    });

    // The journal has a valid checksum, as if it had been written so. Its claims are wrong: other blocks, other lengths, other validators.
    [Fact]
    public async Task A_download_with_any_journal_gives_the_right_file()
    {
        var remote = new RemoteFile(RandomNumberGenerator.GetBytes(Size)) { LastModified = "Mon, 01 Jan 2024 10:00:00 GMT", CutAfter = Size / 2 };
        await using var server = new ScriptedServer(remote.Answer);
        var output = Directory.CreateTempSubdirectory("mlhub-").FullName;
        var options = new ResumableDownloaderOptions { Transfer = { RetryBaseDelay = TimeSpan.FromMilliseconds(1), MaxRetries = 0, FlushToDisk = false } };
        using var downloader = new ResumableDownloader(options);
        var request = new DownloadRequest { Url = server.Url("data.bin"), OutputDirectory = output };
        var path = Path.Combine(output, "data.bin");
        await Assert.ThrowsAsync<DownloadException>(() => downloader.DownloadAsync(request with { Options = new() { Connections = 1 } }));
        var (part, journal) = (await File.ReadAllBytesAsync($"{path}.mlhub-part"), await File.ReadAllBytesAsync($"{path}.mlhub-journal"));
        remote.CutAfter = null;

        await Fuzzer.RunAsync("resumes", [journal, .. Corpus.Read("journals")], async input =>
        {
            await File.WriteAllBytesAsync($"{path}.mlhub-part", part);
            await File.WriteAllBytesAsync($"{path}.mlhub-journal", Sealed(input));

            var result = await downloader.DownloadAsync(request);

            var bytes = await File.ReadAllBytesAsync(path);
            Assert.True(remote.Bytes.AsSpan().SequenceEqual(bytes), "The file is not what the server has.");
            Assert.InRange(result.ResumedFrom, 0, Size / 2);
            Assert.Equal([path], Directory.GetFiles(output));
            File.Delete(path);
        });

        Directory.Delete(output, recursive: true);
    }

    /// <summary>The journal with the checksum that belongs to its bytes.</summary>
    private static byte[] Sealed(byte[] journal)
    {
        byte[] bytes = journal.Length < 8 ? new byte[8] : [.. journal];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(bytes.Length - 8), XxHash3.HashToUInt64(bytes.AsSpan(0, bytes.Length - 8)));
        return bytes;
    }
}
