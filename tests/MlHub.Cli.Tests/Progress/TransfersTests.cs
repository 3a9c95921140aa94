using Microsoft.Extensions.Time.Testing;
using MlHub.Sdk;

namespace MlHub.Cli.Tests;

public sealed class TransfersTests
{
    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public void All_files_have_one_total()
    {
        var transfers = new Transfers(_clock);
        transfers.Report(Downloading("/data/a", 100, 100) with { Phase = DownloadPhase.Done });
        transfers.Report(Downloading("/data/b", 50, 200));
        transfers.Report(Downloading("/data/c", 50, 100));

        var (files, total, count) = transfers.Now();

        Assert.Equal(["b", "c"], files.Select(file => file.Name));
        Assert.Equal(3, count);
        Assert.Equal(("1 of 3 files", 200, 400, 50), (total.Name, total.Done, total.Total, total.Percent));
        Assert.Equal(TimeSpan.FromSeconds(10), total.TimeLeft);
    }

    [Fact]
    public void A_total_with_an_unknown_size_has_no_percentage()
    {
        var transfers = new Transfers(_clock);
        transfers.Report(Downloading("/data/a", 50, 100));
        transfers.Report(Downloading("/data/b", 50, null));

        Assert.Null(transfers.Now().Total.Percent);
    }

    [Fact]
    public void The_remaining_time_does_not_grow_while_no_bytes_arrive()
    {
        var transfers = new Transfers(_clock);
        transfers.Report(Downloading("/data/a", 50, 100));
        var before = transfers.Now();

        for (var second = 1; second < 20; second++)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            transfers.Report(Downloading("/data/a", 50, 100) with { BytesPerSecond = 10.0 / second, TimeLeft = TimeSpan.FromSeconds(5 * second) });
        }

        var after = transfers.Now();
        Assert.Equal(before.Files[0].TimeLeft, after.Files[0].TimeLeft);
        Assert.Equal(before.Total.TimeLeft, after.Total.TimeLeft);
        Assert.Equal(0, after.Files[0].Rate);
    }

    private static DownloadProgress Downloading(string path, long done, long? total) => new()
    {
        Path = path,
        Phase = DownloadPhase.Downloading,
        BytesDone = done,
        TotalBytes = total,
        BytesPerSecond = 10,
        TimeLeft = total is null ? null : TimeSpan.FromSeconds((total.Value - done) / 10.0),
    };
}
