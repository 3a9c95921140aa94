using MlHub.Sdk;

namespace MlHub.Cli;

/// <summary>The report of downloads: results on standard output, everything else on standard error.</summary>
internal sealed class DownloadReport(CommandRun run, ChecksumFile? checksums, CancellationToken cancellationToken)
{
    private readonly List<DownloadResult> _unwritten = [];
    private readonly List<Exception> _failures = [];
    private int _there;
    private int _skipped;
    private Exception? _unwritable;

    /// <summary>Whether an interrupted download kept something to resume from.</summary>
    public bool KeepsSome { get; private set; }

    // Lines of results would disturb the progress that is drawn on the same terminal.
    private bool Holds => run.ShowsProgress || run.Format == ResultFormat.Json;

    /// <summary>Downloads one of several things. If it fails, the others are still tried, unless they would fail in the same way.</summary>
    public async Task TryAsync(string id, Func<Task<IReadOnlyList<DownloadResult>>> fetch, bool several)
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

            // What all of them share, such as a full disk, is told once.
            foreach (var same in error.Failures.GroupBy(failure => Messages.Describe(failure.Value), StringComparer.Ordinal))
            {
                _failures.AddRange(same.Select(failure => failure.Value));
                run.Messages.Error($"{string.Join(", ", same.Select(failure => failure.Key))}: {same.Key}");
            }
        }
        catch (MlHubException error) when (several && error is not (ApiKeyNotFoundException or MlHubAuthenticationException))
        {
            Fail(id, error, run.Messages.DescribeNamed(error));
        }
    }

    /// <summary>Adds a file that is downloaded or was already there.</summary>
    public async Task AddAsync(DownloadResult result)
    {
        _unwritten.Add(result);
        _there++;
        if (result.Skipped)
        {
            _skipped++;
            run.Messages.Note($"already there, skipped{(result.SkipReason == SkipReason.Size ? " (only its size was compared)" : "")}: {PlainText.Name(result.Path)}");
        }

        if (checksums is not null)
        {
            await checksums.AddAsync(result, cancellationToken).ConfigureAwait(false);
        }

        if (!Holds)
        {
            await WriteAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Adds a failure.</summary>
    public void Fail(string name, Exception error, string description)
    {
        _failures.Add(error);
        run.Messages.Error($"{PlainText.Name(name)}: {description}");
    }

    /// <summary>Notes what is told of downloads, and passes it on.</summary>
    public IProgress<DownloadProgress> Hearing(IProgress<DownloadProgress>? shown) => new Hearer(this, shown);

    /// <summary>Writes the rest of the report.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> CloseAsync()
    {
        await WriteAsync().ConfigureAwait(false);
        checksums?.Save();
        if (_failures.Count > 0 && _failures.Count + _there > 1)
        {
            run.Messages.Error(Failed());
        }
        else if (_there > 1 && _failures.Count == 0 && _skipped == _there)
        {
            run.Messages.Note($"nothing to do: all {_there} files are already there");
        }

        return NamesAreLost() ? ExitCode.Failed : ExitCode.OfMany(_there, [.. _failures.Select(ExitCode.Of)]);
    }

    private bool NamesAreLost()
    {
        if (_there == 0 || _unwritable is null)
        {
            return false;
        }

        run.Messages.Error($"{(_there == 1 ? "the file is downloaded, but its name" : "the files are downloaded, but their names")} could not be written: {_unwritable.Message}");
        return true;
    }

    // What failed may be a dataset, and what is there is a file. They are counted separately.
    private string Failed()
    {
        var there = $"{_failures.Count} failed, {_there} {(_there == 1 ? "file is" : "files are")} downloaded";
        var hopeless = _failures.Count(failure => !MayGoWellAgain(failure));
        return hopeless == 0 ? $"{there}: run the same command again to retry only what failed"
            : hopeless < _failures.Count ? $"{there}: run the same command again to retry those that can be downloaded"
            : $"{there}: the same command would fail again";
    }

    // These fail again with the same command.
    private static bool MayGoWellAgain(Exception failure) => failure is not (
        EntityDoesNotExistException
        or ArgumentException
        or DownloadException { Reason: DownloadFailure.NameTaken or DownloadFailure.UnexpectedPage or DownloadFailure.FileSystem });

    private async Task WriteAsync()
    {
        if (_unwritable is not null)
        {
            return;
        }

        try
        {
            await run.Output.WriteAsync(Text(_unwritten)).ConfigureAwait(false);
            await run.Output.FlushAsync().ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException)
        {
            // The files were asked for, not only their names.
            _unwritable = error;
        }
        finally
        {
            _unwritten.Clear();
        }
    }

    private string Text(List<DownloadResult> results) => run.Format switch
    {
        ResultFormat.Json when results.Count == 0 => "[]\n",
        ResultFormat.Json => $"[\n{string.Join(",\n", results.Select(DownloadJson.Of))}\n]\n",
        ResultFormat.JsonLines => string.Concat(results.Select(result => $"{DownloadJson.Of(result)}\n")),
        _ when run.Environment.OutputIsTerminal => string.Concat(results.Select(result => $"{PlainText.Name(result.Path)} ({Verified(result)})\n")),
        _ => string.Concat(results.Select(result => $"{result.Path}\n")),
    };

    // For people: what the JSON says with verified, skipped and compared.
    private static string Verified(DownloadResult result) => result switch
    {
        { SkipReason: SkipReason.Present } => "not verified: it was there already",
        { SkipReason: SkipReason.Size } => "not verified: it was there already, and only its size was compared",
        { SkipReason: SkipReason.Receipt } => "verified when it was downloaded earlier",
        { Verified.Method: VerificationMethod.Digest } => $"verified by {result.Verified}",
        { Verified.Method: VerificationMethod.Length } => "verified by its length only",
        _ => "not verified: the server gave neither a digest nor a length",
    };

    private sealed class Hearer(DownloadReport report, IProgress<DownloadProgress>? shown) : IProgress<DownloadProgress>
    {
        public void Report(DownloadProgress value)
        {
            if (value is { Phase: DownloadPhase.Stopped, BytesDone: > 0 })
            {
                report.KeepsSome = true;
            }

            shown?.Report(value);
        }
    }
}
