using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.ExceptionServices;
using MlHub.Sdk.Assets.Record;
using MlHub.Sdk.Downloads.Files;
using MlHub.Sdk.Downloads.Pacing;
using MlHub.Sdk.Downloads.Remote;

namespace MlHub.Sdk.Assets.Fetching;

/// <summary>
/// Fetches the selected files, many at the same time. Files that an earlier run stored, and that still have their size, need no request. A failed file does not stop the
/// others. A file that must wait gives its place to another one.
/// </summary>
internal sealed class AssetFetcher : IDisposable
{
    private const int PageSize = 2000;

    // Files of hosts that must wait. More are not read ahead.
    private const int MostWaiting = 4096;

    private static readonly TimeSpan RecordInterval = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _changed = new(0);
    private readonly CancellationTokenSource _stopped;
    private readonly Dictionary<string, HostQueue> _hosts = new(StringComparer.OrdinalIgnoreCase);
    private readonly PriorityQueue<AssetWork, long> _later = new();
    private readonly MlHubClient _client;
    private readonly DownloadServices? _services;
    private readonly TimeProvider _time;
    private readonly TransferOptions _transfer;
    private readonly Recorder _recorder;
    private readonly string _directory;
    private readonly DownloadOptions _options;
    private readonly Pace _pace;
    private readonly IProgress<AssetsProgress>? _progress;
    private readonly IEnumerator<AssetRow> _rows;
    private readonly bool _flushesEach;
    private readonly InwardHosts _inward;
    private string? _lastFolder;
    private int _running;
    private int _waiting;
    private bool _isRead;
    private Exception? _fatal;
    private long _selected;
    private long _downloaded;
    private long _alreadyThere;
    private long _failed;
    private long _bytes;

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
        (_client, _recorder, _directory, _options, _progress) = (client, recorder, directory, options, progress);
        _services = client.Downloader.Services;
        _time = _services?.Time ?? TimeProvider.System;
        _transfer = _services?.Options ?? new TransferOptions();

        _pace = new Pace(concurrency, _time);
        _inward = new InwardHosts(client.RootUrl, client.OpensConnections);

        // Linux flushes all files at once, when their results are recorded.
        _flushesEach = !OperatingSystem.IsLinux() && (options.FlushToDisk ?? _transfer.FlushToDisk);
        _rows = Rows().GetEnumerator();
        _stopped = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
    }

    /// <summary>Fetches everything.</summary>
    /// <param name="selected">The number of selected files.</param>
    /// <returns>The numbers, for a result.</returns>
    internal async Task<(long Downloaded, long AlreadyThere, long Failed, long Bytes)> RunAsync(long selected)
    {
        _selected = selected;
        using var stopping = _stopped.Token.Register(() => _changed.Release());
        try
        {
            var timer = _time.CreateTimer(_ => Record(), null, RecordInterval, RecordInterval);
            await using (timer.ConfigureAwait(false))
            {
                await DispatchAsync().ConfigureAwait(false);
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

        return (_downloaded, _alreadyThere, _failed, _bytes);
    }

    public void Dispose()
    {
        _rows.Dispose();
        _stopped.Dispose();
        _changed.Dispose();
    }

    // Starts files until all are running or must wait. A file that ends starts the next one itself.
    private async Task DispatchAsync()
    {
        while (true)
        {
            while (TryTake(isNew: true, out var work, out var host))
            {
                _ = RunManyAsync(work, host);
            }

            TimeSpan? wait;
            lock (_lock)
            {
                if (_running == 0 && (_stopped.IsCancellationRequested || (_isRead && _waiting == 0)))
                {
                    break;
                }

                wait = UntilNext();
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

    private async Task RunManyAsync(AssetWork? work, HostQueue? host)
    {
        await Task.Yield();
        do
        {
            await RunOneAsync(work!, host!).ConfigureAwait(false);
            lock (_lock)
            {
                host!.Running--;
                if (_pace.Ended())
                {
                    _changed.Release();
                }
            }
        }
        while (TryTake(isNew: false, out work, out host));

        lock (_lock)
        {
            _running--;
            _changed.Release();
        }
    }

    private async Task RunOneAsync(AssetWork work, HostQueue host)
    {
        var begunAt = _time.GetTimestamp();
        try
        {
            var (result, fault) = await FetchAsync(work, host).ConfigureAwait(false);
            if (fault is not null)
            {
                TryAgain(work, host, fault, begunAt);
            }
            else
            {
                Finish(result!);
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
            Fail(work.Row, error.Message);
        }
        catch (Exception error) when (DiskErrors.IsDiskError(error))
        {
            var described = DiskErrors.Describe(error, Path.Combine(_directory, work.Row.Path), resumes: false);
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

    private async Task<(AssetResult? Result, Fault? Fault)> FetchAsync(AssetWork work, HostQueue host)
    {
        var path = Path.Combine(_directory, work.Row.Path.Replace('/', Path.DirectorySeparatorChar));
        var target = new Target(Path.GetDirectoryName(path)!, Path.GetFileName(path));
        var request = new DownloadRequest
        {
            Url = work.Url,
            OutputDirectory = target.Directory,
            FileName = target.FileName,
            ExpectedDigests = FileDigest.TryParse(work.Row.StatedDigest, out var digest) ? [digest] : [],
            WhyNotAsked = _inward.WhyNotAsync,

            // A file that no run has recorded may be incomplete, so it is compared and not skipped.
            Options = _options with { IfExists = _options.IfExists == IfExists.Skip ? IfExists.Resume : _options.IfExists },
        };
        CreateFolder(target.Directory);
        if (_services is not null && !(work.Row.StatedBytes >= SmallFile.Limit) && (_options.IfExists == IfExists.Overwrite || target.Look() is null))
        {
            var end = await new SmallFile(_services).FetchAsync(request, target, _flushesEach, _stopped.Token).ConfigureAwait(false);
            host.HasAnswered |= end.Fault is null;
            if (end.Fault is { } fault)
            {
                return fault.Error is not null && (fault.Kind == FaultKind.Lasting || (fault.Kind == FaultKind.LastingUntilBytesArrive && !host.HasAnswered)) ? throw fault.Error : (null, fault);
            }

            if (end.Bytes is { } bytes)
            {
                Interlocked.Add(ref _bytes, bytes);
                Interlocked.Increment(ref _downloaded);
                return (new AssetResult(work.Row, bytes, DigestsOf(end.Verified), Error: null), null);
            }
        }

        var result = await _client.Downloader.DownloadAsync(request, _progress is null ? null : new FileProgress(change => Report(change)), _stopped.Token).ConfigureAwait(false);
        Interlocked.Add(ref _bytes, result.Skipped ? 0 : result.Bytes);
        if (result.Skipped)
        {
            Interlocked.Increment(ref _alreadyThere);
        }
        else
        {
            Interlocked.Increment(ref _downloaded);
        }

        return (new AssetResult(work.Row, result.Bytes, DigestsOf(result.Verified), Error: null), null);
    }

    private void TryAgain(AssetWork work, HostQueue host, Fault fault, long begunAt)
    {
        if (fault.RetryAfter > _transfer.MaxRetryAfter)
        {
            Fail(work.Row, string.Create(CultureInfo.InvariantCulture, $"The server asks for a wait of {fault.RetryAfter.Value.TotalSeconds:0} s for {fault.Url}, which is more than MaxRetryAfter ({_transfer.MaxRetryAfter.TotalSeconds:0} s). Run the download again later."));
            return;
        }

        if (work.Attempts == _transfer.MaxRetries)
        {
            Fail(work.Row, $"Gave up on {fault.Url} after {work.Attempts + 1} failures. {fault.Message}{ServerWords.Quote(fault.ServerWords)} Run the download again.");
            return;
        }

        var now = _time.GetTimestamp();
        var until = now + (long)(Delay(work.Attempts, fault.RetryAfter).TotalSeconds * _time.TimestampFrequency);
        lock (_lock)
        {
            _waiting++;
            if (fault.IsOverload || fault.RetryAfter is not null)
            {
                host.Pause(begunAt, now, until);
                host.Waiting.Enqueue(work with { Attempts = work.Attempts + 1 });
            }
            else
            {
                _later.Enqueue(work with { Attempts = work.Attempts + 1 }, until);
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

    // Takes the next file. A new one needs a place among those that run; another one takes the place of a file that ended.
    private bool TryTake(bool isNew, [NotNullWhen(true)] out AssetWork? work, [NotNullWhen(true)] out HostQueue? host)
    {
        (work, host) = (null, null);
        try
        {
            lock (_lock)
            {
                if (_stopped.IsCancellationRequested || _running + (isNew ? 1 : 0) > _pace.Limit || Next() is not { } next)
                {
                    return false;
                }

                (work, host) = (next, HostOf(next));
                _running += isNew ? 1 : 0;
                host.Running++;
                return true;
            }
        }
        catch (Exception error)
        {
            Stop(error);
            return false;
        }
    }

    // Under the lock.
    private AssetWork? Next()
    {
        var now = _time.GetTimestamp();
        while (_later.TryPeek(out var due, out var at) && at <= now)
        {
            HostOf(_later.Dequeue()).Waiting.Enqueue(due);
        }

        foreach (var host in _hosts.Values)
        {
            if (host.Waiting.Count > 0 && host.IsReady(now))
            {
                _waiting--;
                return host.Waiting.Dequeue();
            }
        }

        while (_waiting < MostWaiting && !_isRead)
        {
            if (!_rows.MoveNext())
            {
                _isRead = true;
                return null;
            }

            if (Work(_rows.Current) is not { } work)
            {
                continue;
            }

            if (HostOf(work).IsReady(now))
            {
                return work;
            }

            HostOf(work).Waiting.Enqueue(work);
            _waiting++;
        }

        return null;
    }

    // Null for an asset that has no usable address.
    private AssetWork? Work(AssetRow row)
    {
        var location = AssetLocation.Of(row.Url, self: null, _client.RootUrl);
        if (location.Url is not null)
        {
            return new AssetWork(row, location.Url, Attempts: 0);
        }

        Fail(row, $"The asset '{row.Key}' of '{row.ItemId ?? row.CollectionId}' cannot be downloaded: {location.WhyNot}.");
        return null;
    }

    private HostQueue HostOf(AssetWork work)
    {
        if (!_hosts.TryGetValue(work.Url.Authority, out var host))
        {
            _hosts[work.Url.Authority] = host = new HostQueue(_services?.Limits.Of(work.Url));
        }

        return host;
    }

    // The time until a file may be fetched that waits now. Null if only the end of another file can change that. Under the lock.
    private TimeSpan? UntilNext()
    {
        var now = _time.GetTimestamp();
        var next = _later.TryPeek(out _, out var due) ? due : long.MaxValue;
        foreach (var host in _hosts.Values)
        {
            if (host.Waiting.Count > 0 && host.PausedUntil > now)
            {
                next = Math.Min(next, host.PausedUntil);
            }
        }

        return next == long.MaxValue ? null : next <= now ? TimeSpan.FromMilliseconds(1) : _time.GetElapsedTime(now, next) + TimeSpan.FromMilliseconds(1);
    }

    // The selected rows that need a request.
    private IEnumerable<AssetRow> Rows()
    {
        var trusts = _options.IfExists is IfExists.Resume or IfExists.Skip;
        for (var after = 0L; _recorder.Selected(after, PageSize) is { Count: > 0 } page; after = page[^1].Id)
        {
            foreach (var row in page)
            {
                if (trusts && row.IsStored && FileStatus.At(Path.Combine(_directory, row.Path), followsLinks: true) is { IsRegular: true } there && there.Size == row.Bytes)
                {
                    Interlocked.Increment(ref _alreadyThere);
                    continue;
                }

                yield return row;
            }
        }
    }

    private void CreateFolder(string folder)
    {
        // The files of a folder follow each other.
        if (Volatile.Read(ref _lastFolder) != folder)
        {
            if (!Directory.Exists(folder))
            {
                Directory.CreateDirectory(folder);
            }

            Volatile.Write(ref _lastFolder, folder);
        }
    }

    private void Finish(AssetResult result)
    {
        _recorder.Add(result);
        Report(file: null);
    }

    private void Fail(AssetRow row, string message)
    {
        Interlocked.Increment(ref _failed);
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

    private void Report(DownloadProgress? file) => _progress?.Report(new AssetsProgress
    {
        Selected = _selected,
        Complete = Interlocked.Read(ref _downloaded) + Interlocked.Read(ref _alreadyThere),
        Failed = Interlocked.Read(ref _failed),
        Bytes = Interlocked.Read(ref _bytes),
        File = file,
    });

    private static string? DigestsOf(DownloadVerification verified) => verified.Digests.Count == 0 ? null : string.Join(' ', verified.Digests);
}
