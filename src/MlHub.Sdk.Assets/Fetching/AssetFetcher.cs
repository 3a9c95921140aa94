using System.Globalization;
using System.Runtime.ExceptionServices;
using System.Text.Json;
using MlHub.Sdk.Assets.Record;
using MlHub.Sdk.Downloads.Files;
using MlHub.Sdk.Downloads.Pacing;

namespace MlHub.Sdk.Assets.Fetching;

/// <summary>
/// Fetches the selected files, many at the same time. Files that an earlier run stored, and that still have their size, need no request. A failed file does not stop the
/// others: it is tried again, then from its other addresses, and then reported.
/// </summary>
internal sealed class AssetFetcher : IDisposable
{
    private const int PageSize = 2000;
    private static readonly TimeSpan RecordInterval = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _changed = new(0);
    private readonly CancellationTokenSource _stopped;
    private readonly MlHubClient _client;
    private readonly TimeProvider _time;
    private readonly TransferOptions _transfer;
    private readonly Recorder _recorder;
    private readonly bool _trustsRecord;
    private readonly IProgress<AssetsProgress>? _progress;
    private readonly ConcurrencyLimit _concurrency;
    private readonly OneAsset _one;
    private readonly IEnumerator<AssetWork> _works;
    private readonly AssetQueue _queue;
    private readonly AssetCounts _counts = new();
    private int _running;
    private Exception? _fatal;

    /// <param name="client">The client.</param>
    /// <param name="recorder">Has the selected rows, and gets the results.</param>
    /// <param name="directory">The directory of the dataset.</param>
    /// <param name="concurrency">The number of files at the same time. Null to find it.</param>
    /// <param name="options">What to do with existing files, and how to download.</param>
    /// <param name="progress">Receives the progress.</param>
    /// <param name="cancellationToken">Ends the run. What is complete is recorded.</param>
    internal AssetFetcher(
        MlHubClient client, Recorder recorder, string directory, int? concurrency, DownloadOptions options, IProgress<AssetsProgress>? progress, CancellationToken cancellationToken)
    {
        (_client, _recorder, _progress) = (client, recorder, progress);
        _time = client.Downloader.Services?.Time ?? TimeProvider.System;
        _transfer = client.Downloader.Services?.Options ?? new TransferOptions();
        _trustsRecord = options.IfExists is IfExists.Resume or IfExists.Skip;
        _concurrency = new ConcurrencyLimit(concurrency, _time);
        _one = new OneAsset(client, directory, options, progress is null ? null : new FileProgress(change => Report(change)));
        _works = Works().GetEnumerator();
        _queue = new AssetQueue(_works, client.Downloader.Services, _time);
        _stopped = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
    }

    /// <summary>Fetches everything.</summary>
    /// <param name="selected">The number of selected files.</param>
    internal async Task<AssetCounts> RunAsync(long selected)
    {
        _counts.Selected = selected;
        using var stopping = _stopped.Token.Register(() => _changed.Release());
        try
        {
            var timer = _time.CreateTimer(_ => Record(), null, RecordInterval, RecordInterval);
            await using (timer.ConfigureAwait(false))
            {
                await StartAllAsync().ConfigureAwait(false);
            }
        }
        finally
        {
            Record();
        }

        if (_fatal is not null)
        {
            ExceptionDispatchInfo.Throw(_fatal);
        }

        return _counts;
    }

    public void Dispose()
    {
        _works.Dispose();
        _stopped.Dispose();
        _changed.Dispose();
    }

    // Starts files until all are running or must wait. A file that ends starts the next one itself.
    private async Task StartAllAsync()
    {
        while (true)
        {
            while (TryTake(isNew: true) is { } next)
            {
                _ = RunManyAsync(next.Work, next.Host);
            }

            TimeSpan? wait;
            lock (_lock)
            {
                if (_running == 0 && (_stopped.IsCancellationRequested || _queue.IsEmpty))
                {
                    break;
                }

                wait = _queue.UntilNext();
            }

            await WaitAsync(wait).ConfigureAwait(false);
        }

        if (_fatal is null)
        {
            _stopped.Token.ThrowIfCancellationRequested();
        }
    }

    private async Task WaitAsync(TimeSpan? wait)
    {
        using var woken = new CancellationTokenSource();
        var changed = _changed.WaitAsync(woken.Token);
        if (wait is { } time)
        {
            await Task.WhenAny(changed, Task.Delay(time, _time, woken.Token)).ConfigureAwait(false);
            await woken.CancelAsync().ConfigureAwait(false);
        }

        await ((Task)changed).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task RunManyAsync(AssetWork work, HostQueue host)
    {
        await Task.Yield();
        for ((AssetWork Work, HostQueue Host)? next = (work, host); next is { } now; next = TryTake(isNew: false))
        {
            await RunOneAsync(now.Work, now.Host).ConfigureAwait(false);
            lock (_lock)
            {
                now.Host.Running--;
                if (_concurrency.Ended())
                {
                    _changed.Release();
                }
            }
        }

        lock (_lock)
        {
            _running--;
            _changed.Release();
        }
    }

    // A new file needs a place among those that run. Another one takes the place of a file that ended.
    private (AssetWork Work, HostQueue Host)? TryTake(bool isNew)
    {
        try
        {
            lock (_lock)
            {
                if (_stopped.IsCancellationRequested || _running + (isNew ? 1 : 0) > _concurrency.Limit || _queue.TryTake() is not { } next)
                {
                    return null;
                }

                _running += isNew ? 1 : 0;
                return next;
            }
        }
        catch (Exception error)
        {
            Stop(error);
            return null;
        }
    }

    private async Task RunOneAsync(AssetWork work, HostQueue host)
    {
        var begunAt = _time.GetTimestamp();
        try
        {
            var end = await _one.FetchAsync(work, host.HasAnswered, _stopped.Token).ConfigureAwait(false);
            host.HasAnswered |= end.Fault is null;
            if (end.Fault is null)
            {
                _counts.Add(end);
                Finish(new AssetResult(work.Row, end.Bytes, end.Digest, Error: null));
            }
            else
            {
                TryAgain(work, host, end.Fault, begunAt);
            }
        }
        catch (OperationCanceledException) when (_stopped.IsCancellationRequested)
        {
            // The run ends.
        }
        catch (DownloadException error) when (error.Reason == DownloadFailure.DiskFull)
        {
            // All others would fail too.
            Stop(error);
        }
        catch (MlHubException error)
        {
            TryElsewhere(work, error.Message);
        }
        catch (Exception error) when (DiskErrors.IsDiskError(error))
        {
            var described = DiskErrors.Describe(error, _one.PathOf(work.Row), resumes: false);
            if (described.Reason == DownloadFailure.DiskFull)
            {
                Stop(described);
            }
            else
            {
                Fail(work.Row, described.Message);
            }
        }
        catch (Exception error)
        {
            Stop(error);
        }
    }

    private void TryAgain(AssetWork work, HostQueue host, Fault fault, long begunAt)
    {
        if (fault.RetryAfter > _transfer.MaxRetryAfter)
        {
            TryElsewhere(work, string.Create(CultureInfo.InvariantCulture, $"The server asks for a wait of {fault.RetryAfter.Value.TotalSeconds:0} s for {fault.Url}, which is more than MaxRetryAfter ({_transfer.MaxRetryAfter.TotalSeconds:0} s). Run the download again later."));
            return;
        }

        if (work.Attempts == _transfer.MaxRetries)
        {
            TryElsewhere(work, $"Gave up on {fault.Url} after {work.Attempts + 1} failures. {fault.Message}{ServerWords.Quote(fault.ServerWords)} Run the download again.");
            return;
        }

        var now = _time.GetTimestamp();
        var until = now + (long)(Delay(work.Attempts, fault.RetryAfter).TotalSeconds * _time.TimestampFrequency);
        lock (_lock)
        {
            if (fault.IsOverload || fault.RetryAfter is not null)
            {
                host.Pause(begunAt, now, until);
                _queue.Return(work with { Attempts = work.Attempts + 1 });
            }
            else
            {
                _queue.Postpone(work with { Attempts = work.Attempts + 1 }, until);
            }
        }
    }

    // As the waits of one download: they double, are randomized, and are never shorter than the server asks for.
    private TimeSpan Delay(int attempts, TimeSpan? retryAfter)
    {
        var seconds = Math.Min(_transfer.RetryBaseDelay.TotalSeconds * Math.Pow(2, attempts), _transfer.RetryMaxDelay.TotalSeconds);
#pragma warning disable CA5394 // Jitter needs no cryptographic randomness.
        var jittered = TimeSpan.FromSeconds(seconds * (0.5 + (Random.Shared.NextDouble() / 2)));
#pragma warning restore CA5394
        return retryAfter > jittered ? retryAfter.Value : jittered;
    }

    private void TryElsewhere(AssetWork work, string message)
    {
        if (work.FromNextAddress() is not { } next)
        {
            Fail(work.Row, message);
            return;
        }

        lock (_lock)
        {
            _queue.Return(next);
        }
    }

    // The selected rows that need a request.
    private IEnumerable<AssetWork> Works()
    {
        for (var after = 0L; _recorder.Selected(after, PageSize) is { Count: > 0 } page; after = page[^1].Id)
        {
            foreach (var row in page)
            {
                if (_stopped.IsCancellationRequested)
                {
                    yield break;
                }

                if (_trustsRecord && !row.IsLocked && row.IsStored && FileStatus.At(_one.PathOf(row), followsLinks: true) is { IsRegular: true } there && there.Size == row.Bytes)
                {
                    _counts.AddThere();
                    Report(file: null);
                }
                else if (WorkOf(row) is { } work)
                {
                    yield return work;
                }
            }
        }
    }

    // Null for an asset that has no usable address.
    private AssetWork? WorkOf(AssetRow row)
    {
        var first = AssetLocation.Of(row.Url, self: null, _client.RootUrl);
        Uri[] addresses =
        [
            .. first.Url is { } url ? [url] : Array.Empty<Uri>(),
            .. row.AlternatesJson is { } alternates ? JsonElement.Parse(alternates).EnumerateArray().Select(text => new Uri(text.GetString()!)) : [],
        ];
        if (addresses is [var address, .. var others])
        {
            return new AssetWork(row, address, others, Attempts: 0);
        }

        Fail(row, $"The asset '{row.Key}' of '{row.ItemId ?? row.CollectionId}' cannot be downloaded: {first.WhyNot}.");
        return null;
    }

    private void Finish(AssetResult result)
    {
        _recorder.Add(result);
        Report(file: null);
    }

    private void Fail(AssetRow row, string message)
    {
        _counts.AddFailed();
        Finish(new AssetResult(row, null, null, _client.Redact(message)));
    }

    private void Stop(Exception error)
    {
        Interlocked.CompareExchange(ref _fatal, error, null);
        _stopped.Cancel();
    }

    private void Record()
    {
        try
        {
            _recorder.Flush();
        }
        catch (DownloadException error)
        {
            Stop(error);
        }
    }

    private void Report(DownloadProgress? file) => _progress?.Report(_counts.ToProgress(file));
}
