using MlHub.Sdk.Downloads.Files;
using MlHub.Sdk.Downloads.Pacing;
using MlHub.Sdk.Downloads.Remote;
using MlHub.Sdk.Downloads.Reporting;
using MlHub.Sdk.Downloads.Resume;

namespace MlHub.Sdk.Downloads.Session;

/// <summary>One download, from the first request to the final name. It runs attempts until one ends the download.</summary>
internal sealed class DownloadSession : IDisposable
{
    private readonly DownloadRequest _request;
    private readonly DownloadServices _services;
    private readonly RemoteFile _remote;
    private readonly Retries _retries;
    private readonly ProgressReporter _progress;
    private readonly Learned _learned;
    private readonly Place _place;

    /// <param name="request">The request.</param>
    /// <param name="services">The shared services.</param>
    /// <param name="progress">Receives progress, or null.</param>
    /// <param name="claim">Throws if another download of the same batch has the same target. Null if there is no batch.</param>
    internal DownloadSession(DownloadRequest request, DownloadServices services, IProgress<DownloadProgress>? progress, Action<Target>? claim)
    {
        (_request, _services) = (request, services);
        var where = RedactedUrl.Of(request.Url);
        _remote = new RemoteFile(request, services, () => DownloadLog.AddressExpired(services.Logger, where));
        _retries = new Retries(services.Options, services.Time, (fault, delay) => NoteRetry(fault, where, delay));
        _learned = new Learned(why => DownloadLog.RestartingDownload(services.Logger, where, why));
        _progress = new ProgressReporter(progress, services.Time) { Retries = () => _retries.Total, Restarts = () => _learned.Restarts };
        _place = new Place(request, services, _progress, claim);
    }

    internal async Task<DownloadResult> RunAsync(CancellationToken cancellationToken)
    {
        using var activity = DownloadTelemetry.Start(_services.Scrub(_request.Url.Host));
        var began = _services.Time.GetTimestamp();
        var outcome = "failed";
        try
        {
            var result = await RunOrExplainAsync(cancellationToken).ConfigureAwait(false) with { Retries = _retries.Total };
            outcome = result.Skipped ? "skipped" : "done";
            return result;
        }
        catch (OperationCanceledException)
        {
            outcome = "cancelled";
            throw;
        }
        catch (Exception error) when (KeylessException.Of(error, _services.Scrub) is var keyless && keyless != error)
        {
            throw keyless;
        }
        finally
        {
            if (outcome is "failed" or "cancelled")
            {
                _progress.ReportStopped(KeepResumableBytes());
            }

            DownloadTelemetry.Ended(activity, outcome, _services.Time.GetElapsedTime(began));
        }
    }

    public void Dispose()
    {
        _place.Dispose();
        _retries.Dispose();
        _remote.Dispose();
    }

    private async Task<DownloadResult> RunUntilDoneAsync(CancellationToken cancellationToken)
    {
        _place.Prepare();
        if (_request.Options.IfExists == IfExists.Skip && FileNames.Expected(_request) is { } expected
            && await new ExistingFile(_request, _services, _progress, _learned, _place, expected).TrySkipAsync(cancellationToken).ConfigureAwait(false) is { } skipped)
        {
            return skipped.Result;
        }

        while (true)
        {
            var attempt = new Attempt(_request, _services, _remote, _retries, _progress, _learned, _place);
            switch (await attempt.RunAsync(cancellationToken).ConfigureAwait(false))
            {
                case Next.Done done:
                    return done.Result;

                case Next.Again again:
                    TryAgain(again.Fault, again.Round);
                    break;

                case Next.LookAgain:
                    break;

                case Next.Restart restart:
                    StartAgain(restart.Why);
                    break;
            }
        }
    }

    // The wait itself comes before the next request.
    private void TryAgain(Fault fault, Retries.Round round)
    {
        if (fault.IsOverload)
        {
            _remote.HostOf(fault).Overloaded(round.BegunAt, _services.Time.GetTimestamp());
        }

        _retries.Failed(round, fault);
        if (_learned.WhyNotResumable is { } why)
        {
            StartAgain($"the transfer broke off and cannot be resumed: {why}");
        }

        _progress.ReportRetrying();
    }

    private void StartAgain(string why)
    {
        _place.Discard();
        _retries.StartedAgain();
        _learned.Restarted(why);
        if (_learned.ChangesTooOften)
        {
            throw new DownloadException(DownloadFailure.RemoteChanged, $"The remote file changed {_learned.Changes} times during the download; the last time, {why}.")
            {
                Path = _place.Target?.FinalPath,
                RequestUrl = RedactedUrl.Of(_request.Url),
            };
        }
    }

    private void NoteRetry(Fault fault, Uri where, TimeSpan delay)
    {
        DownloadTelemetry.Retried();
        DownloadLog.RetryingDownload(_services.Logger, fault.Message, where, delay);
    }

    private async Task<DownloadResult> RunOrExplainAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await RunUntilDoneAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (DownloadException error) when (_place.Target is not null)
        {
            error.IsOf(_place.Target.FinalPath);
            throw;
        }
        catch (Exception error) when (DiskErrors.IsDiskError(error))
        {
            throw DiskErrors.Describe(error, _place.Target?.FinalPath ?? _place.Directory, resumes: _place.Target is { } target && File.Exists(target.JournalPath));
        }
    }

    // The number of bytes that a later run can resume with. Without a journal the part file would only waste disk space, so it is removed.
    private long KeepResumableBytes()
    {
        try
        {
            if (_place is not { Target: { } target, Part: { } part } || !part.IsHeld() || !part.Exists)
            {
                return 0;
            }

            if (File.Exists(target.JournalPath))
            {
                return EarlierRun.BytesIn(target);
            }

            part.Discard();
            DownloadLog.BytesDiscarded(_services.Logger, target.FinalPath, _learned.WhyNotResumable ?? "its journal was not written yet");
        }
        catch (Exception error) when (DiskErrors.IsDiskError(error) || error is DownloadException)
        {
            // The directory was removed or is no longer writable. The original failure is reported instead.
        }

        return 0;
    }
}
