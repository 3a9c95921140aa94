using MlHub.Sdk.Downloads.Pacing;
using MlHub.Sdk.Downloads.Remote;
using MlHub.Sdk.Downloads.Reporting;
using MlHub.Sdk.Downloads.Resume;

namespace MlHub.Sdk.Downloads.Transfer;

/// <summary>
/// Fetches the missing blocks of a plan with the fastest number of connections. At the same time it verifies earlier blocks, computes the digests, writes the
/// journal and flushes the file.
/// </summary>
internal sealed class SegmentedTransfer
{
    private const long LeastSegment = 1024 * 1024;
    private const long UsualSegment = 16 * 1024 * 1024;
    private const long MostSegment = 128 * 1024 * 1024;

    // Digests are computed in the order of the file. With long segments they would wait for the end of the first one.
    private const long MostSegmentDigested = 32 * 1024 * 1024;
    private const double SecondsPerSegment = 2;
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan IdleTick = TimeSpan.FromMilliseconds(100);

    private readonly TransferJob _job;
    private readonly RemoteFile _remote;
    private readonly DownloadServices _services;
    private readonly Retries _retries;
    private readonly ProgressReporter _progress;
    private readonly Deliveries _deliveries;
    private readonly ConnectionTuner _tuner;
    private readonly InOrderDigest _digest;
    private readonly Recorder _recorder;
    private readonly List<Task<TransferEnd.Broken?>> _connections = [];
    private readonly long _began;
    private Task _flushing = Task.CompletedTask;
    private int _open;
    private volatile int _target = 1;

    internal SegmentedTransfer(TransferJob job, RemoteFile remote, DownloadServices services, Retries retries, ProgressReporter progress)
    {
        (_job, _remote, _services, _retries, _progress) = (job, remote, services, retries, progress);
        _deliveries = new Deliveries(Time);
        _digest = new InOrderDigest(job, _deliveries, Time);
        _tuner = new ConnectionTuner(_digest.MayLimitTheRate ? 1 : 2, services.Options.MaxConnectionsPerHost);
        _recorder = new Recorder(job.Part, job.Plan, job.Identity, job.Digests, job.IsAdopted, Time, NoteJournalFailed);
        _began = Time.GetTimestamp();
    }

    private TimeProvider Time => _services.Time;

    /// <summary>Runs until the file is complete and verified, but not yet flushed, or until it cannot continue.</summary>
    /// <param name="first">The first response. Null if its body cannot be used.</param>
    /// <param name="cancellationToken">Cancels the transfer. The received bytes are recorded.</param>
    internal async Task<TransferEnd> RunAsync(FirstResponse? first, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
        var proving = Task.Run(() => Proof.Check(_job.Part, _job.Plan, _deliveries.BlockDone.Set, stop.Token), CancellationToken.None);
        var digesting = Task.Run(() => _digest.RunAsync(stop.Token), CancellationToken.None);
        try
        {
            Start(first, enough.Token);
            RecordWhereItMatters();
            if (await SuperviseAsync(proving, digesting, enough, stop.Token).ConfigureAwait(false) is { } broken)
            {
                await StopAsync(stop, proving, digesting).ConfigureAwait(false);
                return broken;
            }

            var (spoilt, rightBytes) = await proving.ConfigureAwait(false);
            RecordWhereItMatters();
            _progress.Report(DownloadPhase.Verifying, _job.Plan.BytesDone, 0);
            var (verified, difference) = await digesting.ConfigureAwait(false);
            await _flushing.ConfigureAwait(false);
            LogJournal();
            return difference is null
                ? new TransferEnd.Whole(_job.Plan.Blocks.FileLength, rightBytes, spoilt, verified, _job.Plan.Blocks.Size, _job.Plan.Seal())
                : new TransferEnd.WrongDigest(difference);
        }
        catch
        {
            await StopAsync(stop, proving, digesting).ConfigureAwait(false);
            throw;
        }
    }

    private async Task StopAsync(CancellationTokenSource stop, Task proving, Task digesting)
    {
        await stop.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll([proving, digesting, _flushing, .. _connections]).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _recorder.Record();
    }

    private async Task<TransferEnd.Broken?> SuperviseAsync(Task proving, Task digesting, CancellationTokenSource enough, CancellationToken cancellationToken)
    {
        var arrived = 0L;
        while (!_job.Plan.IsComplete || _connections.Count > 0)
        {
            if (await ReapAsync(proving, digesting).ConfigureAwait(false) is { } broken)
            {
                return broken;
            }

            if (!_job.Plan.IsComplete)
            {
                Tune();
                StartMore(enough.Token);
            }
            else if (!enough.IsCancellationRequested)
            {
                // All blocks are complete. Connections that still wait for a retry or a connection slot are no longer needed.
                await enough.CancelAsync().ConfigureAwait(false);
            }

            _recorder.RecordIfDue();
            FlushSome();
            var phase = _retries.IsWaiting && _deliveries.Streaming == 0 ? DownloadPhase.Retrying : DownloadPhase.Downloading;
            _progress.Report(phase, _job.Plan.BytesDone, _deliveries.Streaming);
            var tick = Task.Delay(_deliveries.BytesArrived == arrived ? IdleTick : Tick, Time, cancellationToken);
            arrived = _deliveries.BytesArrived;
            await Task.WhenAny([tick, .. _connections]).ConfigureAwait(false);
            await SocketThread.Leave();
            cancellationToken.ThrowIfCancellationRequested();
        }

        return null;
    }

    // A connection that failed permanently ends the transfer. So does a failure of verification, digest or flush, which would otherwise be reported only at the
    // end.
    private async Task<TransferEnd.Broken?> ReapAsync(Task proving, Task digesting)
    {
        for (var index = _connections.Count - 1; index >= 0; index--)
        {
            if (_connections[index] is { IsCompleted: true } ended)
            {
                _connections.RemoveAt(index);
                Volatile.Write(ref _open, _connections.Count);
                if (await EndAsync(ended).ConfigureAwait(false) is { } broken)
                {
                    return broken;
                }
            }
        }

        // A disk reports a failure only once: the final flush may succeed after it.
        if (Array.Find([proving, digesting, _flushing], task => task.IsFaulted) is { } failed)
        {
            await failed.ConfigureAwait(false);
        }

        return null;
    }

    private async Task<TransferEnd.Broken?> EndAsync(Task<TransferEnd.Broken?> connection)
    {
        try
        {
            var end = await connection.ConfigureAwait(false);
            return _job.Plan.IsComplete ? null : end;
        }
        catch (Exception error) when (_job.Plan.IsComplete && error is OperationCanceledException or MlHubException)
        {
            // It was told to stop, or it failed at work that is no longer needed. Cancellation by the caller is checked elsewhere.
            return null;
        }
    }

    private void Start(FirstResponse? first, CancellationToken cancellationToken)
    {
        var connection = new Connection(_job, _deliveries, _digest, _remote, _retries, _services, NoteRefused);
        Volatile.Write(ref _open, _connections.Count + 1);
        _connections.Add(Task.Run(() => connection.RunAsync(first, Wanted, cancellationToken), CancellationToken.None));
    }

    private void StartMore(CancellationToken cancellationToken)
    {
        // One connection may wait for a slot of the host. More are started only if no other download is waiting.
        while (_connections.Count < _target && (_connections.Count == 0 || (_remote.Host.HasRoom && _deliveries.MayAddConnection)) && _job.Plan.HasWork(_deliveries.MaySplit))
        {
            Start(null, cancellationToken);
        }
    }

    private void Tune()
    {
        if (_job.Connections is { } wanted)
        {
            _target = wanted;
        }
        else if (_digest.TakeHeldBack())
        {
            // The network is faster than the digest: one connection is enough, and its bytes arrive in order.
            _target = 1;
        }
        else
        {
            _tuner.Observe(Time.GetElapsedTime(_began), _deliveries.BytesArrived, _deliveries.Streaming);
            _target = Math.Min(_tuner.Target, _remote.Host.Current);
        }
    }

    /// <summary>The number of bytes that a connection should fetch next. Null if there are too many connections.</summary>
    private long? Wanted()
    {
        if (Volatile.Read(ref _open) > _target)
        {
            return null;
        }

        var elapsed = Time.GetElapsedTime(_began).TotalSeconds;
        var arrived = _deliveries.BytesArrived;
        var bySpeed = arrived == 0 || elapsed < 0.05 ? UsualSegment : (long)(arrived / elapsed / _target * SecondsPerSegment);
        var left = _job.Plan.Blocks.FileLength - _job.Plan.BytesDone;
        var most = _job.Promised.Count == 0 ? MostSegment : MostSegmentDigested;
        return Math.Max(LeastSegment, Math.Min(left / (2 * _target), Math.Clamp(bySpeed, UsualSegment / 4, most)));
    }

    private void FlushSome()
    {
        if (_job.Flush && _flushing.IsCompleted)
        {
            var arrived = _deliveries.BytesArrived;
            _flushing = Task.Run(() => _job.Part.BeginWriting(arrived));
        }
    }

    // The journal is also written at the beginning, because the first write is slow and runs while bytes are received, and at the end, because verifying and
    // flushing a large file take so long that a kill is likely.
    private void RecordWhereItMatters()
    {
        if (_job.Plan.Blocks.FileLength >= LeastSegment)
        {
            _recorder.Record();
        }
    }

    private void LogJournal()
    {
        if (_recorder.Sum is { Times: > 0 } sum)
        {
            DownloadLog.JournalWritten(_services.Logger, _job.Part.Target.FinalPath, sum.Times, sum.Took.TotalSeconds, Time.GetElapsedTime(_began).TotalSeconds);
        }
    }

    private void NoteJournalFailed(Exception error) => DownloadLog.JournalFailed(_services.Logger, _job.Part.Target.FinalPath, FileErrors.Reason(error));

    private void NoteRefused(string why) => DownloadLog.ConnectionRefused(_services.Logger, _job.Part.Target.FinalPath, why);
}
