using MlHub.Sdk.Downloads.Disk;
using MlHub.Sdk.Downloads.Planning;
using MlHub.Sdk.Downloads.Remote;

namespace MlHub.Sdk.Downloads.Transfer;

/// <summary>Fetches what a plan lacks: as many workers as pay, and beside them the journal, the digests and the flushing.</summary>
internal sealed class SegmentedTransfer
{
    private const long LeastLease = 1024 * 1024;
    private const long UsualLease = 16 * 1024 * 1024;
    private const long MostLease = 128 * 1024 * 1024;

    // Digests are computed in the file's order: long leases would keep them waiting for the first to be finished.
    private const long MostLeaseDigested = 32 * 1024 * 1024;
    private const double SecondsPerLease = 2;
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan IdleTick = TimeSpan.FromMilliseconds(100);

    private readonly DownloadContext _context;
    private readonly RemoteOpener _opener;
    private readonly Retries _retries;
    private readonly ProgressReporter _progress;
    private readonly TransferJob _job;
    private readonly ConnectionTuner _tuner;
    private readonly FrontierDigest _digest;
    private readonly BackgroundFlush _flush;
    private readonly Recorder? _recorder;
    private readonly List<Task> _workers = [];
    private readonly long _began;
    private Task _flushing = Task.CompletedTask;
    private int _target = 1;

    internal SegmentedTransfer(
        DownloadContext context, RemoteOpener opener, Retries retries, ProgressReporter progress, TransferJob job)
    {
        _context = context;
        _opener = opener;
        _retries = retries;
        _progress = progress;
        _job = job;
        _digest = new FrontierDigest(job, Time);
        _tuner = new ConnectionTuner(_digest.MaySetThePace ? 1 : 2, context.Options.Transfer.MaxConnectionsPerHost);
        _flush = new BackgroundFlush(job.File);
        _recorder = job.MayUseRanges ? new Recorder(job, Time, context.Logger) : null;
        _began = Time.GetTimestamp();
    }

    /// <summary>None where nothing could be resumed.</summary>
    private Recorder? Recorder => _job.CanResume ? _recorder : null;

    private TimeProvider Time => _context.Options.TimeProvider;

    /// <summary>Runs until the file is whole and verified, though not yet flushed.</summary>
    internal async Task<TransferOutcome> RunAsync(RemoteAnswer? first, Lease? lease, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
        var proving = Task.Run(() => new GranuleProver(_job).Run(stop.Token), CancellationToken.None);
        var digesting = Task.Run(() => _digest.RunAsync(stop.Token), CancellationToken.None);
        try
        {
            Start(first, lease, enough.Token);
            RecordWhereItMatters();
            await SuperviseAsync(proving, digesting, enough, stop.Token).ConfigureAwait(false);
            var (spoilt, rightBytes) = await proving.ConfigureAwait(false);
            RecordWhereItMatters();
            _progress.Report(DownloadPhase.Verifying, _job.Plan.BytesDone, 0);
            var (verified, difference) = await digesting.ConfigureAwait(false);
            await _flushing.ConfigureAwait(false);
            TellOfJournal();
            return difference is null
                ? new TransferOutcome(_job.Plan.Granules.FileLength, rightBytes, spoilt, verified)
                : throw new DigestMismatch(difference);
        }
        catch
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll([proving, digesting, _flushing, .. _workers])
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            RecordAtLast();
            throw;
        }
    }

    private async Task SuperviseAsync(Task proving, Task digesting, CancellationTokenSource enough, CancellationToken cancellationToken)
    {
        var arrived = 0L;
        while (!_job.Plan.IsComplete || _workers.Count > 0)
        {
            await ReapAsync(proving, digesting).ConfigureAwait(false);
            if (!_job.Plan.IsComplete)
            {
                Tune();
                StartMore(enough.Token);
            }
            else if (!enough.IsCancellationRequested)
            {
                // All is there: what still waits for its next try, or for its turn at the host, waits in vain.
                await enough.CancelAsync().ConfigureAwait(false);
            }

            Recorder?.RecordIfDue();
            FlushSome();
            _progress.Report(_retries.IsWaiting && _job.Streaming == 0 ? DownloadPhase.Retrying : DownloadPhase.Downloading, _job.Plan.BytesDone, _job.Streaming);
            var tick = Task.Delay(_job.BytesArrived == arrived ? IdleTick : Tick, Time, cancellationToken);
            arrived = _job.BytesArrived;
            await Task.WhenAny([tick, .. _workers]).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    // A worker that failed ends the transfer; so does proving, digesting or flushing, whose failure would otherwise show at the end only.
    private async Task ReapAsync(Task proving, Task digesting)
    {
        for (var index = _workers.Count - 1; index >= 0; index--)
        {
            if (_workers[index] is { IsCompleted: true } ended)
            {
                _workers.RemoveAt(index);
                await EndAsync(ended).ConfigureAwait(false);
            }
        }

        // A disk tells only once that it failed: the last flush may go well after.
        if (Array.Find([proving, digesting, _flushing], task => task.IsFaulted) is { } failed)
        {
            await failed.ConfigureAwait(false);
        }
    }

    private async Task EndAsync(Task worker)
    {
        try
        {
            await worker.ConfigureAwait(false);
        }
        catch (Exception error) when (_job.Plan.IsComplete && error is OperationCanceledException or TransientFailure or MlHubException)
        {
            // It was told to stop, or failed at what nobody needs any more. Whether the caller has cancelled is looked at elsewhere.
        }
    }

    private void Start(RemoteAnswer? first, Lease? lease, CancellationToken cancellationToken)
    {
        var worker = new SegmentWorker(_job, _digest, _opener, _retries, _context);
        _workers.Add(Task.Run(() => worker.RunAsync(first, lease, Wanted, cancellationToken), CancellationToken.None));
    }

    private void StartMore(CancellationToken cancellationToken)
    {
        // The first may queue for its turn at the host; more are only started where nobody else waits.
        while (_workers.Count < _target && (_workers.Count == 0 || _opener.Gate.HasRoom) && _job.Plan.HasWork)
        {
            Start(null, null, cancellationToken);
        }
    }

    private void Tune()
    {
        if (!_job.CanResume)
        {
            _target = 1;
            return;
        }

        if (_job.Connections is { } wanted)
        {
            _target = wanted;
            return;
        }

        if (_digest.TakeHeldBack())
        {
            // The network is faster than the digest is computed: one connection is enough, and its bytes come in order.
            _target = 1;
            return;
        }

        _tuner.Observe(Time.GetElapsedTime(_began), _job.BytesArrived, _job.Streaming);
        _target = Math.Min(_tuner.Target, _opener.Gate.CurrentLimit);
    }

    /// <summary>How much a worker should take next; null when it is one too many.</summary>
    private long? Wanted()
    {
        if (_workers.Count > _target)
        {
            return null;
        }

        var elapsed = Time.GetElapsedTime(_began).TotalSeconds;
        var arrived = _job.BytesArrived;
        var bySpeed = arrived == 0 || elapsed < 0.05 ? UsualLease : (long)(arrived / elapsed / _target * SecondsPerLease);
        var left = _job.Plan.Granules.FileLength - _job.Plan.BytesDone;
        var most = _job.PromisedDigests.Count == 0 ? MostLease : MostLeaseDigested;
        return Math.Max(LeastLease, Math.Min(left / (2 * _target), Math.Clamp(bySpeed, UsualLease / 4, most)));
    }

    private void FlushSome()
    {
        if (_job.Flush && _flushing.IsCompleted)
        {
            var arrived = _job.BytesArrived;
            _flushing = Task.Run(() => _flush.Advance(arrived));
        }
    }

    // At the beginning: the first writing of a journal takes long, and bytes shall not wait for it. At the end: verifying and flushing a
    // big file take long enough to be killed in.
    private void RecordWhereItMatters()
    {
        if (_job.Plan.Granules.FileLength >= LeastLease)
        {
            Recorder?.Record();
        }
    }

    // What it costs is to be a small part of the whole, and is told to whoever wants to know.
    private void TellOfJournal()
    {
        if (Recorder?.Sum is { Times: > 0 } sum)
        {
            DownloadLog.Recorded(_context.Logger, _job.Target.FinalPath, sum.Times, sum.Took.TotalSeconds, Time.GetElapsedTime(_began).TotalSeconds);
        }
    }

    private void RecordAtLast()
    {
        try
        {
            Recorder?.Record();
        }
        catch (Exception error) when (DiskErrors.IsDiskError(error))
        {
            // The disk is gone, or not to be written any more, which is being reported: the journal before this one stands.
            DownloadLog.JournalFailed(_context.Logger, _job.Target.FinalPath, error.Message);
        }
    }
}
