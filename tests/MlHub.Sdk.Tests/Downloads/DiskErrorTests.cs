using MlHub.Sdk.Downloads.Files;

namespace MlHub.Sdk.Tests.Downloads;

public sealed class DiskErrorTests : DownloadTest
{
    // More than the 16 TiB that ext4 allows, and than any disk has.
    private const long Huge = 9_000_000_000_000_000;

    [Fact]
    public void An_error_without_a_number_is_told_as_it_is_and_not_as_a_full_disk()
    {
        var error = DiskErrors.Describe(new IOException("The printer is on fire."), Final, resumes: false);

        Assert.Equal(DownloadFailure.FileSystem, error.Reason);
        Assert.Contains("The printer is on fire.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_progress_bar_throws_is_not_taken_for_a_file_that_is_too_big()
    {
        var bar = new InlineProgress(report => ArgumentOutOfRangeException.ThrowIfGreaterThan(report.BytesDone, Size / 2, "value"));

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => NewDownloader().DownloadAsync(Request, bar));
    }

    [Fact]
    public void Room_that_cannot_be_reserved_is_a_full_disk_or_a_file_too_big_for_it_and_leaves_nothing()
    {
        var failure = Record.Exception(() => RegularFile.CreateReserved(Part, Huge).Dispose())!;

        Assert.True(DiskErrors.IsFull(failure) ^ DiskErrors.IsTooBig(failure), failure.ToString());
        Assert.Empty(Directory.GetFiles(Output));
    }
}
