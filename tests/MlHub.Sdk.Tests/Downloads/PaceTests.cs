using Microsoft.Extensions.Time.Testing;
using MlHub.Sdk.Downloads.Files;
using MlHub.Sdk.Downloads.Identity;
using MlHub.Sdk.Downloads.Planning;
using MlHub.Sdk.Downloads.Reporting;
using MlHub.Sdk.Downloads.Transfer;

namespace MlHub.Sdk.Tests.Downloads;

/// <summary>The speed that a download reports, and what it waits for.</summary>
public sealed class PaceTests : DownloaderTest
{
    [Fact]
    public void Bytes_of_an_earlier_run_do_not_count_as_speed()
    {
        const long There = 50L << 30;
        var time = new FakeTimeProvider();
        var told = new List<DownloadProgress>();
        var reporter = new ProgressReporter(new InlineProgress(told.Add), time) { TotalBytes = 100L << 30 };

        reporter.Report(DownloadPhase.Starting, 0, 0);
        time.Advance(TimeSpan.FromSeconds(1));
        reporter.Report(DownloadPhase.Downloading, There, 1);
        time.Advance(TimeSpan.FromSeconds(1));
        reporter.Report(DownloadPhase.Downloading, There + 20_000_000, 1);

        Assert.Equal(0, told[1].BytesPerSecond);
        Assert.InRange(told[2].BytesPerSecond, 1, 20_000_000);
        Assert.True(told[2].TimeLeft > TimeSpan.FromHours(0.5));
    }

    [Fact]
    public void A_steady_download_reports_its_speed_and_the_remaining_time()
    {
        const int PerSecond = 10_000_000;
        var (time, told) = (new FakeTimeProvider(), new List<DownloadProgress>());
        var reporter = new ProgressReporter(new InlineProgress(told.Add), time) { TotalBytes = 60L * PerSecond, Path = "data.bin" };

        reporter.Report(DownloadPhase.Downloading, 0, 1);
        for (var second = 1; second <= 20; second++)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            reporter.Report(DownloadPhase.Downloading, second * (long)PerSecond, 3);
        }

        Assert.Null(told[0].TimeLeft);
        Assert.Equal(PerSecond, told[^1].BytesPerSecond, 1.0);
        Assert.Equal(40, told[^1].TimeLeft!.Value.TotalSeconds, 0.01);
        Assert.Equal(("data.bin", 3, 20L * PerSecond), (told[^1].Path, told[^1].Connections, told[^1].BytesDone));
    }

    [Fact]
    public void The_speed_of_a_stalled_download_falls_and_the_speed_of_a_restarted_download_is_never_negative()
    {
        var (time, told) = (new FakeTimeProvider(), new List<DownloadProgress>());
        var reporter = new ProgressReporter(new InlineProgress(told.Add), time) { TotalBytes = 100_000_000 };

        long[] bytes = [0, 10_000_000, 20_000_000, 20_000_000, 20_000_000, 0, 0];
        foreach (var done in bytes)
        {
            reporter.Report(DownloadPhase.Downloading, done, 1);
            time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(bytes, told.Select(report => report.BytesDone));
        Assert.All(told.Skip(3).Zip(told.Skip(2)), pair => Assert.InRange(pair.First.BytesPerSecond, 1, pair.Second.BytesPerSecond - 1));
        Assert.All(told.Skip(3).Zip(told.Skip(2)), pair => Assert.True(pair.First.TimeLeft > pair.Second.TimeLeft));
    }

    [Fact]
    public void Progress_is_reported_ten_times_a_second_and_at_each_change_of_phase()
    {
        var (time, told) = (new FakeTimeProvider(), new List<DownloadProgress>());
        var reporter = new ProgressReporter(new InlineProgress(told.Add), time);

        for (var tick = 0; tick < 100; tick++)
        {
            reporter.Report(DownloadPhase.Downloading, tick * 1000, 1);
            time.Advance(TimeSpan.FromMilliseconds(20));
        }

        Assert.Equal(20, told.Count);
        reporter.Report(DownloadPhase.Verifying, 100_000, 0);
        reporter.Report(DownloadPhase.Done, 100_000, 0);
        Assert.Equal([DownloadPhase.Verifying, DownloadPhase.Done], told.Skip(20).Select(report => report.Phase));
        Assert.All(told, report => Assert.Null(report.TimeLeft));
    }

    // Of 70 GiB a block has 8 MiB, more than may be waiting for the digest: nothing but the wait itself wakes it within one.
    [Fact]
    public async Task The_network_never_waits_for_the_digest_thread()
    {
        using var part = PartFile.TryTake(new Target(Output, "file"), new SilenceWatch(TimeProvider.System), out _)!;
        part.Create(length: null);
        var plan = new Plan(Blocks.For(70L << 30), TimeProvider.System);
        var job = new TransferJob
        {
            Part = part,
            Plan = plan,
            Identity = new FileIdentity { Url = "http://localhost/", Length = plan.Blocks.FileLength },
            Digests = [],
            Promised = [FileDigest.Parse("md5:d41d8cd98f00b204e9800998ecf8427e")],
            Flush = false,
        };
        var deliveries = new Deliveries(TimeProvider.System);
        var digest = new InOrderDigest(job, deliveries, TimeProvider.System);
        using var stop = new CancellationTokenSource();
        var digesting = Task.Run(() => digest.RunAsync(stop.Token));
        var segment = plan.TryTakeAt(0, plan.Blocks.FileLength)!;
        var piece = new byte[16 * 1024];
        deliveries.Arrived(int.MaxValue);

        // As a worker does with what TLS brings: pieces that are not worth being handed over.
        for (var pieces = 0; pieces < 8192; pieces++)
        {
            await digest.WaitForRoomAsync(stop.Token).WaitAsync(TimeSpan.FromSeconds(30));
            deliveries.Arrived(int.MaxValue / 64);
            part.Write(piece, segment.Position);
            segment.Append(piece);
            if (segment.Position == plan.Blocks.End(segment.Current))
            {
                plan.Complete(segment);
                deliveries.BlockDone.Set();
            }
        }

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => digesting);
    }
}
