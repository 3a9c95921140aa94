using Microsoft.Extensions.Time.Testing;
using MlHub.Sdk.Downloads.Naming;
using MlHub.Sdk.Downloads.Planning;
using MlHub.Sdk.Downloads.Remote;
using MlHub.Sdk.Downloads.Transfer;

namespace MlHub.Sdk.Tests.Downloads;

/// <summary>How fast a download says it is, and what it waits for.</summary>
public sealed class PaceTests : DownloaderTest
{
    [Fact]
    public void What_an_earlier_run_left_is_no_speed()
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

    // Of 70 GiB a granule has 8 MiB, more than may be waiting for the digest: nothing but the wait itself wakes it within one.
    [Fact]
    public async Task The_network_never_waits_for_a_digest_that_sleeps()
    {
        using var file = File.OpenHandle(Path.Combine(Output, "part"), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read);
        var plan = new Plan(Granules.For(70L << 30), TimeProvider.System);
        var job = new TransferJob
        {
            Target = new Target(Output, "file"),
            Identity = new RemoteIdentity { Url = "http://localhost/", Length = plan.Granules.FileLength },
            ServerDigests = [],
            PromisedDigests = [FileDigest.Parse("md5:d41d8cd98f00b204e9800998ecf8427e")],
            MayUseRanges = true,
            IsAdopted = false,
            Flush = false,
            Plan = plan,
            File = file,
        };
        var digest = new FrontierDigest(job, TimeProvider.System);
        using var stop = new CancellationTokenSource();
        var digesting = Task.Run(() => digest.RunAsync(stop.Token));
        var lease = plan.TryTakeAt(0, plan.Granules.FileLength)!;
        var piece = new byte[16 * 1024];
        job.Arrived(int.MaxValue);

        // As a worker does with what TLS brings: pieces that are not worth being handed over.
        for (var pieces = 0; pieces < 8192; pieces++)
        {
            await digest.WaitForRoomAsync(stop.Token).WaitAsync(TimeSpan.FromSeconds(30));
            job.Arrived(int.MaxValue / 64);
            RandomAccess.Write(file, piece, lease.Position);
            lease.Append(piece);
            if (lease.Position == plan.Granules.End(lease.Current))
            {
                plan.Complete(lease);
                job.FrontierMoved.Set();
            }
        }

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => digesting);
    }
}
