using System.Runtime.ExceptionServices;
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
    private readonly Retries _retries;
    private readonly ProgressReporter _progress;
    private readonly SessionState _state;
    private readonly SilenceWatch _watch;
    private readonly string _directory;
    private Target? _target;
    private TargetLock? _lock;
    private ExceptionDispatchInfo? _cannotLock;

    internal DownloadSession(DownloadRequest request, DownloadContext context, IProgress<DownloadProgress>? progress, PathClaim? claim)
    {
        _state = new SessionState { Claim = claim };
        _request = request;
        _context = context;
        _opener = new RemoteOpener(context.Http, context.Gates, context.Options, request, NoteExpiry);
        _retries = new Retries(context, _opener, request.Url);
        _progress = new ProgressReporter(progress, context.Options.TimeProvider) { Retries = () => _retries.Total, Restarts = () => _state.Restarts };
        _watch = new SilenceWatch(context.Options.TimeProvider);
        _directory = Path.GetFullPath(request.OutputDirectory);
    }

    internal async Task<DownloadResult> RunAsync(CancellationToken cancellationToken)
    {
        using var activity = DownloadTelemetry.Start(_request.Url);
        var began = _context.Options.TimeProvider.GetTimestamp();
        var outcome = "failed";
        try
        {
            var result = (await RunOrExplainAsync(cancellationToken).ConfigureAwait(false)) with { Retries = _retries.Total };
            outcome = result.Skipped ? "skipped" : "done";
            return result;
        }
        catch (OperationCanceledException)
        {
            outcome = "cancelled";
            throw;
        }
        finally
        {
            if (outcome is "failed" or "cancelled")
            {
                DiscardWhatIsOfNoUse();
                _progress.Stop();
            }

            DownloadTelemetry.Ended(activity, outcome, _context.Options.TimeProvider.GetElapsedTime(began));
        }
    }

    public void Dispose()
    {
        _lock?.Dispose();
        _opener.Dispose();
    }

    private void NoteExpiry() => DownloadLog.AddressExpired(_context.Logger, RedactedUrl.Of(_request.Url));

    private async Task<DownloadResult> RunOrExplainAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await RunUntilDoneAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (DownloadException error) when (_target is not null)
        {
            error.IsOf(_target.FinalPath);
            throw;
        }
        catch (Exception error) when (DiskErrors.IsDiskError(error))
        {
            throw DiskErrors.Describe(error, _target?.FinalPath ?? _directory, resumes: _target is not null && File.Exists(_target.JournalPath));
        }
        catch (DigestMismatch mismatch)
        {
            throw new DownloadException(
                DownloadFailure.DigestMismatch, $"What arrived from {RedactedUrl.Of(_request.Url)} is not what was promised: {mismatch.Message}. {WhatLiesThere()}")
            {
                Path = _target?.FinalPath,
                RequestUrl = RedactedUrl.Of(_request.Url),
            };
        }
    }

    private string WhatLiesThere() => _target is not null && File.Exists(_target.FinalPath)
        ? $"The file that was there, '{_target.FinalPath}', was left as it is."
        : "Nothing was put under the final name.";

    // What no journal speaks of would only take the room that is needed.
    private void DiscardWhatIsOfNoUse()
    {
        try
        {
            if (_target is not null && _lock?.IsHeld() == true && File.Exists(_target.PartPath) && !File.Exists(_target.JournalPath))
            {
                _lock.DiscardPart(_target);
                DownloadLog.Discarded(_context.Logger, _target.FinalPath, _state.WhyNotResumable ?? "nothing was written down about it yet");
            }
        }
        catch (Exception error) when (DiskErrors.IsDiskError(error) || error is DownloadException)
        {
            // The directory is gone, or not to be written any more; what failed is being told.
        }
    }

    private async Task<DownloadResult> RunUntilDoneAsync(CancellationToken cancellationToken)
    {
        PrepareDirectory();
        if (_request.FileName is { } name)
        {
            AimAt(name);
        }

        if (_request.Options.IfExists == IfExists.Skip && Target.Expected(_request) is { } expected
            && await Existing(expected).TrySkipAsync(cancellationToken).ConfigureAwait(false) is { } skipped)
        {
            return skipped;
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
        var begunAt = _context.Options.TimeProvider.GetTimestamp();
        try
        {
            return await TryOnceAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (TransientFailure failure)
        {
            await WaitAsync(failure, begunAt, cancellationToken).ConfigureAwait(false);
        }
        catch (RemoteChange change)
        {
            CountChange(change);
        }
        catch (RangesUnusable reason)
        {
            _state.RangesUsable = false;
            StartAgain(reason.Message);
        }
        catch (StaleBytes stale)
        {
            StartAgain($"what was there already is not a part of what was promised: {stale.Message}");
        }
        catch (FinalNameTaken) when (_request.Options.IfExists == IfExists.Skip)
        {
            return await SkipAsync(_target!, cancellationToken).ConfigureAwait(false);
        }
        catch (FinalNameTaken)
        {
            // The next attempt finds it, and the part whole.
        }

        return null;
    }

    private async Task<DownloadResult?> TryOnceAsync(CancellationToken cancellationToken)
    {
        _progress.Report(DownloadPhase.Starting, 0, 0);
        _state.WhyNotResumable = null;
        if (_target is not null && _cannotLock is null)
        {
            await LockAsync(_target, cancellationToken).ConfigureAwait(false);
        }

        var earlier = new EarlierRun(_request.Url, url => _target ?? new Target(_directory, SafeFileName.FromUrl(url)));
        using var answer = await _opener.OpenFirstAsync(url => _state.RangesUsable ? earlier.WishFor(url) : null, cancellationToken).ConfigureAwait(false);
        _retries.Answered();
        var target = _target ?? AimAt(SafeFileName.FromUrl(answer.Url));

        // The name may have been learnt only now: what lies there was looked at without the lock.
        if (_lock is null && _cannotLock is null && (!TryLock(target, out _) || !earlier.IsCurrent(target)))
        {
            return null;
        }

        if (_lock is null && await Existing(target).TryTakeAsDoneAsync(answer, cancellationToken).ConfigureAwait(false) is { } done)
        {
            return done;
        }

        _cannotLock?.Throw();

        var fetch = new TargetFetch(_context, _request, _opener, _retries, _progress, _state, target, _lock!);
        return await fetch.RunAsync(answer, earlier, cancellationToken).ConfigureAwait(false);
    }

    private async Task<DownloadResult?> SkipAsync(Target target, CancellationToken cancellationToken)
    {
        var skipped = await Existing(target).TrySkipAsync(cancellationToken).ConfigureAwait(false);
        if (skipped is not null)
        {
            _lock?.DiscardPart(target);
        }

        return skipped;
    }

    private async Task WaitAsync(TransientFailure failure, long begunAt, CancellationToken cancellationToken)
    {
        var delay = _retries.Note(failure, begunAt);
        if (_state.WhyNotResumable is { } why)
        {
            StartAgain($"the transfer broke off, and cannot be resumed because {why}");
        }

        _progress.Wait();
        await Task.Delay(delay, _context.Options.TimeProvider, cancellationToken).ConfigureAwait(false);
    }

    private void CountChange(RemoteChange change)
    {
        _state.Changes++;
        StartAgain($"the remote file changed: {change.Message}");
        if (_state.Changes >= MostChanges)
        {
            throw new DownloadException(
                DownloadFailure.RemoteChanged, $"The remote file changed {_state.Changes} times while it was fetched; the last time {change.Message}.")
            {
                Path = _target?.FinalPath,
                RequestUrl = RedactedUrl.Of(_request.Url),
            };
        }
    }

    private void StartAgain(string reason)
    {
        if (_target is not null)
        {
            _lock?.DiscardPart(_target);
        }

        _retries.StartedAgain();
        _state.NoteRestart(_context.Logger, _request.Url, reason);
    }

    private ExistingFile Existing(Target target) => new(_context, _request, _progress, _state, target);

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
        var target = new Target(_directory, fileName);
        _state.Claim?.Take(target);
        _target = target;
        _progress.Path = _target.FinalPath;
        return _target;
    }

    private bool TryLock(Target target, out string? holder)
    {
        holder = null;
        try
        {
            target.RequireOwnPlaces();
            _lock ??= TargetLock.TryTake(target.LockPath, _watch, out holder);
            return _lock is not null;
        }
        catch (Exception error) when ((DiskErrors.IsDiskError(error) || error is DownloadException)
            && _request.Options.IfExists != IfExists.Overwrite && target.TryGetExisting(out _))
        {
            // In a directory that cannot be written, or beside something strange, a file can still be whole, and then there is nothing to lock it for.
            _cannotLock = ExceptionDispatchInfo.Capture(error);
            return true;
        }
    }

    private async Task LockAsync(Target target, CancellationToken cancellationToken)
    {
        for (var isFirst = true; !TryLock(target, out var holder); isFirst = false)
        {
            if (_request.Options.IfLocked == IfLocked.Fail && holder is not null)
            {
                throw new DownloadException(DownloadFailure.Locked, $"{holder} is at work on '{target.FinalPath}'. Wait for it, or choose another directory.")
                {
                    Path = target.FinalPath,
                };
            }

            if (isFirst)
            {
                DownloadLog.WaitingForLock(_context.Logger, holder ?? "another process", target.FinalPath);
            }

            _progress.Report(DownloadPhase.Waiting, 0, 0);
            await Task.Delay(LockPollInterval, _context.Options.TimeProvider, cancellationToken).ConfigureAwait(false);
        }
    }
}
