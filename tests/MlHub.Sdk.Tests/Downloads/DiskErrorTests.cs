using MlHub.Sdk.Downloads.Files;

namespace MlHub.Sdk.Tests.Downloads;

public sealed class DiskErrorTests : DownloadTest
{
    // More than the 16 TiB that ext4 allows, and more than the size of any disk.
    private const long Huge = 9_000_000_000_000_000;

    [Fact]
    public void An_error_without_an_error_code_is_not_reported_as_a_full_disk()
    {
        var error = DiskErrors.Describe(new IOException("The printer is on fire."), Final, resumes: false);

        Assert.Equal(DownloadFailure.FileSystem, error.Reason);
        Assert.Contains("The printer is on fire.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_exception_of_a_progress_handler_is_not_reported_as_a_too_large_file()
    {
        var bar = new InlineProgress(report => ArgumentOutOfRangeException.ThrowIfGreaterThan(report.BytesDone, Size / 2, "value"));

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => NewDownloader().DownloadAsync(Request, bar));
    }

    [Fact]
    public void Disk_space_that_cannot_be_reserved_is_a_full_disk_or_a_too_large_file_and_leaves_no_file()
    {
        var failure = Record.Exception(() => RegularFile.CreateReserved(Part, Huge).Dispose())!;

        Assert.True(DiskErrors.IsFull(failure) ^ DiskErrors.IsTooBig(failure), failure.ToString());
        Assert.Empty(Directory.GetFiles(Output));
    }
}
