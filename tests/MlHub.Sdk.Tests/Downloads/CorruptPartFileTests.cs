using System.Diagnostics;

namespace MlHub.Sdk.Tests.Downloads;

/// <summary>Changes of the part file and its journal between runs, or during a run.</summary>
public sealed class CorruptPartFileTests : DownloadTest
{
    [Theory]
    [InlineData(Size)]
    [InlineData(null)]
    public async Task A_part_file_truncated_during_the_download_is_an_error_and_not_a_file_with_a_hole(int? length)
    {
        var pieces = 0;
        Remote.Bytes[Size / 3] = 1;
        Remote.Twist = (request, answer) =>
        {
            answer.Headers.RemoveAll(header => header.Key == "Content-Length" && length is null);
            return answer with { BeforePiece = CutOnce, End = length is null ? ScriptedEnd.Close : ScriptedEnd.KeepAlive };
        };
        async Task CutOnce(CancellationToken stop)
        {
            if (++pieces * 64 * 1024 < Size / 2 || pieces * 64 * 1024 > Size * 2 / 3)
            {
                return;
            }

            while (!HasArrived(Size / 3))
            {
                stop.ThrowIfCancellationRequested();
                await Task.Yield();
            }

            using var part = new FileStream(Part, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
            part.SetLength(0);
            pieces = Size;
        }

        var error = await Assert.ThrowsAsync<DownloadException>(() => DownloadAsync(Request with { Options = new() { Connections = 1 } }));

        Assert.Equal(DownloadFailure.FileSystem, error.Reason);
        Assert.Contains("another program truncated it", error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Final));
    }

    [Fact]
    public async Task Only_corrupt_blocks_are_downloaded_again()
    {
        await InterruptAsync();
        await using (var part = File.Open(Part, FileMode.Open))
        {
            part.Position = 500_000;
            part.WriteByte((byte)(Remote.Bytes[500_000] + 1));
        }

        var result = await DownloadAsync();

        await AssertWholeAsync(result);
        Assert.InRange(result.ResumedFrom, Size * 0.4, (Size * 0.5) - 1);
    }

    [Fact]
    public async Task The_missing_bytes_of_a_truncated_part_file_are_downloaded_again()
    {
        await InterruptAsync();
        await using (var part = File.Open(Part, FileMode.Open))
        {
            part.SetLength(300_000);
        }

        await AssertWholeAsync(await DownloadAsync());
    }

    [Fact]
    public async Task A_part_file_without_a_journal_is_not_resumed()
    {
        await InterruptAsync();
        File.Delete(Journal);

        var result = await DownloadAsync();

        await AssertWholeAsync(result);
        Assert.Equal(0, result.ResumedFrom);
        Assert.Equal(1, result.Restarts);
    }

    [UnixFact("nothing tells how many names a file has")]
    public async Task A_part_file_with_a_second_hard_link_is_not_changed()
    {
        await InterruptAsync();
        var before = await File.ReadAllBytesAsync(Part);
        var snapshot = Path.Combine(Directory.CreateDirectory(Path.Combine(Output, "snapshot")).FullName, "part");
        using (var made = Process.Start("ln", [Part, snapshot]))
        {
            await made.WaitForExitAsync();
            Assert.Equal(0, made.ExitCode);
        }

        var result = await DownloadAsync();

        await AssertWholeAsync(result);
        Assert.Equal(before, await File.ReadAllBytesAsync(snapshot));
        Assert.Equal(0, result.ResumedFrom);
        Assert.Contains("hard link", Assert.Single(result.RestartReasons), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_journal_of_another_file_is_not_used()
    {
        var other = Request with { Url = Server.Url("other.bin") };
        await InterruptAsync(request: other);
        File.Move(Path.Combine(Output, "other.bin.mlhub-part"), Part);
        File.Move(Path.Combine(Output, "other.bin.mlhub-journal"), Journal);
        Remote.Bytes = OtherBytes();

        var result = await DownloadAsync();

        await AssertWholeAsync(result);
        Assert.Equal(0, result.ResumedFrom);
        Assert.Equal(1, result.Restarts);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_part_file_that_is_replaced_or_truncated_during_the_download_is_not_published(bool replaces)
    {
        var isDone = false;
        var error = await Assert.ThrowsAsync<DownloadException>(() => NewDownloader().DownloadAsync(Request, new InlineProgress(report =>
        {
            if (report.Phase == DownloadPhase.Verifying && !isDone)
            {
                isDone = true;
                Spoil(replaces);
            }
        })));

        Assert.Equal(DownloadFailure.FileSystem, error.Reason);
        Assert.False(File.Exists(Final));
        await AssertWholeAsync(await DownloadAsync());
    }

    private void Spoil(bool replaces)
    {
        if (replaces)
        {
            File.WriteAllBytes(Part + "-other", new byte[Size]);
            File.Move(Part + "-other", Part, overwrite: true);
            return;
        }

        using var part = File.OpenHandle(Part, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        RandomAccess.SetLength(part, Size / 3);
    }

    private bool HasArrived(int position)
    {
        using var part = File.Exists(Part) ? new FileStream(Part, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete) : null;
        return part?.Length > position && part.Seek(position, SeekOrigin.Begin) == position && part.ReadByte() == 1;
    }
}
