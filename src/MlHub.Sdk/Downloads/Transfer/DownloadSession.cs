using MlHub.Sdk.Downloads.Disk;
using MlHub.Sdk.Downloads.Locking;
using MlHub.Sdk.Downloads.Naming;
using MlHub.Sdk.Downloads.Remote;

namespace MlHub.Sdk.Downloads.Transfer;

/// <summary>One download from the question to the final name, with its retries and restarts.</summary>
internal sealed class DownloadSession : IDisposable
{
    private const int MostChanges = 3;
    private static readonly TimeSpan LockPollInterval = TimeSpan.FromMilliseconds(200);

    private readonly DownloadRequest _request;
    private readonly DownloadContext _context;
    private readonly RemoteOpener _opener;
    private readonly RetryBudget _budget;
    private readonly ProgressReporter _progress;
    private readonly List<string> _restarts = [];
    private readonly string _directory;
    private readonly bool _flush;
    private Target? _target;
    private TargetLock? _lock;
    private int _changes;

    internal DownloadSession(DownloadRequest request, DownloadContext context, IProgress<DownloadProgress>? progress)
    {
        _request = request;
        _context = context;
        _opener = new RemoteOpener(context.Http, context.Gates, context.Options, request);
        _budget = new RetryBudget(context.Options);
        _progress = new ProgressReporter(progress, context.Options.TimeProvider);
        _directory = Path.GetFullPath(request.OutputDirectory);
        _flush = request.FlushToDisk ?? context.Options.FlushToDisk;
    }

    internal async Task<DownloadResult> RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await RunUntilDoneAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (DiskErrors.IsDiskError(error))
        {
            throw DiskErrors.Describe(error, _target?.FinalPath ?? _directory);
        }
        catch (DigestMismatch mismatch)
        {
            throw new DownloadException(DownloadFailure.DigestMismatch, $"What arrived is not what was promised: {mismatch.Message}. Nothing was put under the final name.")
            {
                Path = _target?.FinalPath, RequestUrl = RedactedUrl.Of(_request.Url),
            };
        }
    }

    public void Dispose() => _lock?.Dispose();

    private async Task<DownloadResult> RunUntilDoneAsync(CancellationToken cancellationToken)
    {
        PrepareDirectory();
        if (_request.FileName is { } name)
        {
            AimAt(name);
        }

        if (_request.IfExists == IfExists.Skip && (_request.FileName ?? _request.LikelyFileName) is { } likely
            && new Target(_directory, likely) is var there && there.TryGetExisting(out var length))
        {
            return Skipped(there, length);
        }

        while (true)
        {
            if (await AttemptAsync(cancellationToken).ConfigureAwait(false) is { } result)
            {
                return result;
            }
        }
    }

    /// <summary>One attempt; null when another is to follow.</summary>
    private async Task<DownloadResult?> AttemptAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await TryOnceAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (TransientFailure failure)
        {
            var delay = _budget.Spend(failure);
            DownloadLog.Retrying(_context.Logger, failure.Message, delay);
            await Task.Delay(delay, _context.Options.TimeProvider, cancellationToken).ConfigureAwait(false);
            return null;
        }
        catch (RemoteChange change)
        {
            _changes++;
            if (_changes >= MostChanges)
            {
                throw new DownloadException(DownloadFailure.RemoteChanged, $"The remote file changed {_changes} times while it was fetched; the last time {change.Message}.")
                {
                    Path = _target?.FinalPath, RequestUrl = RedactedUrl.Of(_request.Url),
                };
            }

            StartAgain($"the remote file changed: {change.Message}");
            return null;
        }
        catch (RangesUnusable reason)
        {
            StartAgain(reason.Message);
            return null;
        }
    }

    private async Task<DownloadResult?> TryOnceAsync(CancellationToken cancellationToken)
    {
        _progress.Report(DownloadPhase.Starting, 0, 0);
        if (_target is not null)
        {
            await LockAsync(_target, cancellationToken).ConfigureAwait(false);
        }

        using var answer = await _opener.OpenFirstAsync(_ => null, cancellationToken).ConfigureAwait(false);
        AnswerRules.RequirePlain(answer);
        if (_target is null)
        {
            var target = AimAt(SafeFileName.FromUrl(answer.Url));
            if (!TryLock(target, out _))
            {
                return null;
            }
        }

        return await FetchAsync(_target!, answer, cancellationToken).ConfigureAwait(false);
    }

    private async Task<DownloadResult> FetchAsync(Target target, RemoteAnswer answer, CancellationToken cancellationToken)
    {
        if (target.TryGetExisting(out var length))
        {
            if (_request.IfExists == IfExists.Skip || (_request.IfExists == IfExists.Resume && length == answer.Identity.Length))
            {
                return Skipped(target, length);
            }
        }

        DiskErrors.RequireRoom(target, answer.Identity.Length ?? 0);
        _progress.TotalBytes = answer.Identity.Length;
        DownloadLog.Started(_context.Logger, RedactedUrl.Of(answer.Url), target.FinalPath);
        var fetch = new WholeFileFetch(_context.Options, _progress);
        var promised = Promised(answer);
        var (bytes, verified) = await fetch.RunAsync(answer, target, promised, _flush, cancellationToken).ConfigureAwait(false);
        return Finished(target, bytes, 0, verified);
    }

    private FileDigest[] Promised(RemoteAnswer answer) => [.. _request.ExpectedDigests.Concat(answer.Digests).Distinct()];

    private DownloadResult Finished(Target target, long bytes, long resumedFrom, DownloadVerification verified)
    {
        DownloadLog.Finished(_context.Logger, target.FinalPath, bytes, verified);
        _progress.Report(DownloadPhase.Done, bytes, 0);
        return new DownloadResult { Path = target.FinalPath, Bytes = bytes, ResumedFrom = resumedFrom, Verified = verified, RestartReasons = [.. _restarts] };
    }

    private DownloadResult Skipped(Target target, long bytes)
    {
        DownloadLog.Skipped(_context.Logger, target.FinalPath);
        _progress.Path = target.FinalPath;
        _progress.TotalBytes = bytes;
        _progress.Report(DownloadPhase.Done, bytes, 0);
        var verified = _request.IfExists == IfExists.Skip ? DownloadVerification.None : DownloadVerification.Length;
        return new DownloadResult { Path = target.FinalPath, Bytes = bytes, Skipped = true, Verified = verified, RestartReasons = [.. _restarts] };
    }

    private void StartAgain(string reason)
    {
        _restarts.Add(reason);
        _target?.DiscardPart();
        DownloadLog.Restarting(_context.Logger, RedactedUrl.Of(_request.Url), reason);
    }

    private void PrepareDirectory()
    {
        if (File.Exists(_directory))
        {
            throw new DownloadException(DownloadFailure.FileSystem, $"'{_directory}' is a file, and a directory is needed.") { Path = _directory };
        }

        Directory.CreateDirectory(_directory);
    }

    private Target AimAt(string fileName)
    {
        _target = new Target(_directory, fileName);
        _progress.Path = _target.FinalPath;
        return _target;
    }

    private bool TryLock(Target target, out string holder)
    {
        holder = string.Empty;
        _lock ??= TargetLock.TryTake(target.LockPath, out holder);
        return _lock is not null;
    }

    private async Task LockAsync(Target target, CancellationToken cancellationToken)
    {
        for (var isFirst = true; !TryLock(target, out var holder); isFirst = false)
        {
            if (_request.IfLocked == IfLocked.Fail)
            {
                throw new DownloadException(DownloadFailure.Locked, $"{holder} is at work on '{target.FinalPath}'. Wait for it, or choose another directory.")
                {
                    Path = target.FinalPath,
                };
            }

            if (isFirst)
            {
                DownloadLog.WaitingForLock(_context.Logger, holder, target.FinalPath);
            }

            _progress.Report(DownloadPhase.Waiting, 0, 0);
            await Task.Delay(LockPollInterval, _context.Options.TimeProvider, cancellationToken).ConfigureAwait(false);
        }
    }
}
