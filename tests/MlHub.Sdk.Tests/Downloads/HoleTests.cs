namespace MlHub.Sdk.Tests.Downloads;

/// <summary>Another program truncates and extends the part file, so that it contains zeros instead of the written bytes.</summary>
public sealed class HoleTests : DownloadTest
{
    [LinuxFact("a file system that reports holes (lseek(2))")]
    public async Task A_part_file_with_a_hole_is_never_published()
    {
        var cutting = Once(DownloadPhase.Verifying, () => CutAndGrow(Size / 2));

        var error = await Assert.ThrowsAsync<DownloadException>(() => NewDownloader().DownloadAsync(Request, cutting));

        Assert.Equal(DownloadFailure.FileSystem, error.Reason);
        Assert.Contains("another program truncated it", error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Final));
        await AssertWholeAsync(await DownloadAsync());
    }

    [LinuxFact("a file system that reports holes (lseek(2))")]
    public async Task A_part_file_truncated_after_its_digest_was_verified_is_never_published()
    {
        var request = Request with { ExpectedDigests = [FileDigest.Parse($"md5:{Md5(Remote.Bytes)}")] };
        var cutting = Once(DownloadPhase.Flushing, () => CutAndGrow(100_000));

        var error = await Assert.ThrowsAsync<DownloadException>(() => NewDownloader().DownloadAsync(request, cutting));

        Assert.Equal(DownloadFailure.FileSystem, error.Reason);
        Assert.False(File.Exists(Final));
        await AssertWholeAsync(await DownloadAsync(request));
    }

    [LinuxFact("a file system that reports holes (lseek(2))")]
    public async Task A_truncated_small_part_file_is_never_published()
    {
        Remote.Bytes = Remote.Bytes[..20_000];
        var cutting = Once(DownloadPhase.Flushing, () => CutAndGrow(4096));

        var error = await Assert.ThrowsAsync<DownloadException>(() => NewDownloader().DownloadAsync(Request, cutting));

        Assert.Equal(DownloadFailure.FileSystem, error.Reason);
        Assert.False(File.Exists(Final));
        await AssertWholeAsync(await DownloadAsync());
    }

    [Fact]
    public async Task A_part_file_truncated_and_extended_between_two_runs_is_completed_again()
    {
        await InterruptAsync();
        CutAndGrow(600_000);

        var result = await DownloadAsync();

        await AssertWholeAsync(result);
        Assert.InRange(result.ResumedFrom, 1, 600_000);
    }

    private static InlineProgress Once(DownloadPhase phase, Action act)
    {
        var isDone = false;
        return new InlineProgress(report =>
        {
            if (report.Phase == phase && !isDone)
            {
                isDone = true;
                act();
            }
        });
    }

    private void CutAndGrow(int length)
    {
        using var part = File.OpenHandle(Part, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        var before = RandomAccess.GetLength(part);
        RandomAccess.SetLength(part, length);
        RandomAccess.SetLength(part, before);
    }
}
