using MlHub.Sdk;

namespace MlHub.Cli;

/// <summary>The report of downloads: results on standard output, everything else on standard error.</summary>
internal sealed class DownloadReport(CommandRun run, ChecksumFile? checksums, CancellationToken cancellationToken)
{
    private readonly List<DownloadResult> _pending = [];
    private readonly List<string> _failures = [];
    private readonly HashSet<int> _failureCodes = [];
    private int _failed;
    private int _failedForGood;
    private int _completed;
    private int _skipped;
    private bool _hasWritten;
    private Exception? _writeError;

    /// <summary>Whether an interrupted download can be resumed.</summary>
    public bool CanResume { get; private set; }

    // Results would disturb the progress on the same terminal.
    private bool HoldsResults => run.ShowsProgress && run.Environment.OutputIsTerminal;

    /// <summary>Downloads one of several ids. If it fails, the others are still tried, unless they would fail for the same reason.</summary>
    public async Task TryAsync(string id, Func<Task<IReadOnlyList<DownloadResult>>> fetch, bool hasOthers)
    {
        try
        {
            foreach (var result in await fetch().ConfigureAwait(false))
            {
                await AddAsync(result).ConfigureAwait(false);
            }
        }
        catch (DownloadsFailedException error)
        {
            foreach (var result in error.Completed)
            {
                await AddAsync(result).ConfigureAwait(false);
            }

            // An error that several archives share, such as a full disk, is reported once.
            foreach (var same in error.Failures.GroupBy(failure => Messages.Describe(failure.Value), StringComparer.Ordinal))
            {
                foreach (var failure in same)
                {
                    Count(failure.Value);
                    await RecordAsync(failure.Key, same.Key).ConfigureAwait(false);
                }

                run.Messages.Error($"{string.Join(", ", same.Select(failure => failure.Key))}: {same.Key}");
            }
        }
        catch (MlHubException error) when (hasOthers && error is not (ApiKeyNotFoundException or MlHubAuthenticationException))
        {
            await FailAsync(id, error, run.Messages.DescribeNamed(error)).ConfigureAwait(false);
        }
        catch (MlHubException error)
        {
            await RecordAsync(id, run.Messages.DescribeNamed(error)).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Adds a file that was downloaded or skipped.</summary>
    public async Task AddAsync(DownloadResult result)
    {
        _pending.Add(result);
        _completed++;
        if (result.Skipped)
        {
            _skipped++;
            run.Messages.Note($"already there, skipped{(result.SkipReason == SkipReason.Size ? " (only its size was compared)" : "")}: {PlainText.Name(result.Path)}");
        }

        if (checksums is not null)
        {
            await checksums.AddAsync(result, cancellationToken).ConfigureAwait(false);
        }

        if (!HoldsResults)
        {
            await WriteAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Adds a failure.</summary>
    /// <param name="name">The id or the address that failed.</param>
    /// <param name="error">The failure.</param>
    /// <param name="description">Its sentence for the user.</param>
    public async Task FailAsync(string name, Exception error, string description)
    {
        Count(error);
        run.Messages.Error(Messages.About(name, description));
        await RecordAsync(name, description).ConfigureAwait(false);
    }

    /// <summary>Adds a failure to the JSON. A table shows it only on standard error.</summary>
    public async Task RecordAsync(string name, string description)
    {
        if (run.Format is not (ResultFormat.Json or ResultFormat.JsonLines))
        {
            return;
        }

        _failures.Add(DownloadJson.Failure(name, run.Messages.Redact(description)));
        if (!HoldsResults)
        {
            await WriteAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Wraps a progress display, to find out whether an interrupted download can be resumed.</summary>
    public IProgress<DownloadProgress> Observe(IProgress<DownloadProgress>? shown) => new ProgressObserver(this, shown);

    /// <summary>Writes the rest of the report.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> CloseAsync()
    {
        await WriteAsync().ConfigureAwait(false);
        if (run.Format == ResultFormat.Json)
        {
            await WriteAsync(_hasWritten ? "\n]\n" : "[]\n").ConfigureAwait(false);
        }

        if (checksums is not null)
        {
            await checksums.SaveAsync().ConfigureAwait(false);
        }

        if (_failed > 0 && _failed + _completed > 1)
        {
            run.Messages.Error(FailureSummary());
        }
        else if (_completed > 1 && _failed == 0 && _skipped == _completed)
        {
            run.Messages.Note($"nothing to do: all {_completed} files are already there");
        }

        return ReportWriteError() ? ExitCode.Failed : ExitCode.OfMany(_completed, _failureCodes);
    }

    private void Count(Exception failure)
    {
        _failed++;
        _failedForGood += CanBeRetried(failure) ? 0 : 1;
        _failureCodes.Add(ExitCode.Of(failure));
    }

    private bool ReportWriteError()
    {
        if (_completed == 0 || _writeError is null)
        {
            return false;
        }

        run.Messages.Error($"{(_completed == 1 ? "the file is downloaded, but its name" : "the files are downloaded, but their names")} could not be written: {FileErrors.Reason(_writeError)}");
        return true;
    }

    // A failure may be a whole dataset, while a completed download is one file. They are counted separately.
    private string FailureSummary()
    {
        var counts = $"{_failed} failed, {_completed} {(_completed == 1 ? "file is" : "files are")} downloaded";
        return _failedForGood == 0 ? $"{counts}: run the same command again to retry only what failed"
            : _failedForGood < _failed ? $"{counts}: run the same command again to retry those that can be downloaded"
            : $"{counts}: the same command would fail again";
    }

    // The other errors would occur again with the same command.
    private static bool CanBeRetried(Exception failure) => failure is not (
        EntityDoesNotExistException
        or ArgumentException
        or DownloadException { Reason: DownloadFailure.NameTaken or DownloadFailure.UnexpectedPage or DownloadFailure.FileSystem });

    // Written one by one, so that the memory does not grow with the number of files.
    private async Task WriteAsync()
    {
        if (_pending.Count + _failures.Count > 0)
        {
            await WriteAsync(Text(_pending)).ConfigureAwait(false);
            _hasWritten = true;
            _pending.Clear();
            _failures.Clear();
        }
    }

    private async Task WriteAsync(string text)
    {
        if (_writeError is not null)
        {
            return;
        }

        try
        {
            await run.Output.WriteAsync(text).ConfigureAwait(false);
            await run.Output.FlushAsync().ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException)
        {
            // Downloads continue, because the user wants the files and not only their names.
            _writeError = error;
        }
    }

    private string Text(List<DownloadResult> results) => run.Format switch
    {
        ResultFormat.Json => $"{(_hasWritten ? ",\n" : "[\n")}{string.Join(",\n", results.Select(DownloadJson.Of).Concat(_failures))}",
        ResultFormat.JsonLines => string.Concat(results.Select(DownloadJson.Of).Concat(_failures).Select(line => $"{line}\n")),
        _ when run.Environment.OutputIsTerminal => string.Concat(results.Select(result => $"{PlainText.Name(result.Path)} ({Verified(result)})\n")),
        _ => string.Concat(results.Select(result => $"{result.Path}\n")),
    };

    // The same information as verified, skipped and compared in the JSON.
    private static string Verified(DownloadResult result) => result switch
    {
        { SkipReason: SkipReason.Present } => "not verified: it already existed",
        { SkipReason: SkipReason.Size } => "not verified: it already existed, and only its size was compared",
        { SkipReason: SkipReason.Receipt } => "verified when it was downloaded earlier",
        { Verified.Method: VerificationMethod.Digest } => $"verified by {result.Verified}",
        { Verified.Method: VerificationMethod.Length } => "verified by its length only",
        _ => "not verified: the server gave neither a digest nor a length",
    };

    private sealed class ProgressObserver(DownloadReport report, IProgress<DownloadProgress>? shown) : IProgress<DownloadProgress>
    {
        public void Report(DownloadProgress value)
        {
            if (value is { Phase: DownloadPhase.Stopped, BytesDone: > 0 })
            {
                report.CanResume = true;
            }

            shown?.Report(value);
        }
    }
}
