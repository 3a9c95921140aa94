using System.CommandLine;
using System.Globalization;
using MlHub.Sdk;

namespace MlHub.Cli;

/// <summary><c>mlhub assets download</c>.</summary>
internal sealed class AssetsDownloadCommand
{
    /// <summary>The greatest value of <c>--concurrency</c>.</summary>
    internal const int MaxConcurrency = 256;

    // A message with more names would not help.
    private const int MaxNamesInMessage = 3;

    private readonly AssetsSource _source = new();
    private readonly AssetFilterChoices _filter = new();
    private readonly DownloadChoices _download = new();

    private readonly Option<string> _assetOutput = new Option<string>("--asset-output")
    {
        HelpName = "DIR",
        Description = "The directory for the assets and their database. Default: that of --output.",
    }.NotEmpty();

    private readonly Option<bool> _rewrite = new("--rewrite")
    {
        Description = "Rewrite the STAC files so that any STAC tool can open them without the hub: stored assets get the address of their file, and links become relative.",
    };

    private readonly Option<int?> _concurrency = ConcurrencyOption();

    private readonly Option<string> _shard = new Option<string>("--shard")
    {
        HelpName = "I/N|auto",
        Description = "Download only part I of N, so that N runs together download everything once. auto: the part of this task of a SLURM array, a Kubernetes Indexed Job, AWS Batch or Azure Batch.",
    }.NotEmpty();

    private readonly Option<bool> _locked = new("--locked") { Description = "Download exactly the files of a lock, with exactly their bytes. Files that are there are compared with it." };

    private readonly Option<string> _lock = new Option<string>("--lock")
    {
        HelpName = "FILE",
        Description = $"The lock of --locked. Default: {AssetsLock.DefaultFileName} in the current directory.",
    }.NotEmpty();

    public static Command Create(CommandFactory factory)
    {
        var choices = new AssetsDownloadCommand();
        var command = new Command("download", "Download the assets that the filters select, each as DATASET/COLLECTION/ITEM/KEY.EXTENSION.");
        choices._source.AddTo(command);
        choices._filter.AddTo(command);
        choices._download.AddTo(command, withChecksums: false);
        command.Options.Add(choices._assetOutput);
        command.Options.Add(choices._rewrite);
        command.Options.Add(choices._concurrency);
        command.Options.Add(choices._shard);
        command.Options.Add(choices._locked);
        command.Options.Add(choices._lock);
        return factory.WithBody(command, choices.RunAsync);
    }

    /// <summary>The option <c>--concurrency</c>.</summary>
    public static Option<int?> ConcurrencyOption() => new("--concurrency")
    {
        HelpName = "N",
        Description = "Download N files at the same time, 1 to 256. Default: 32, and more while that makes the download faster.",
        CustomParser = Values.Number("--concurrency", min: 1, max: MaxConcurrency),
    };

    private async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        if (run.Value(_lock) is not null && !run.Value(_locked))
        {
            throw new WrongUsageException("--lock needs --locked.");
        }

        if (run.Value(_locked) && (_filter.FirstGiven(run) ?? (run.Value(_shard) is null ? null : "--shard")) is { } other)
        {
            throw new WrongUsageException($"{other} cannot be used with --locked, which downloads the files of the lock: leave it out.");
        }

        if (run.Value(_rewrite) && run.Value(_shard) is not null)
        {
            throw new WrongUsageException("--rewrite needs the files of all shards: merge the shards, and run once more with --rewrite and without --shard.");
        }

        var options = _source.Options(run, _filter.Filter(run)) with
        {
            AssetDirectory = run.Value(_assetOutput) is { } directory ? DownloadChoices.Directory(run, "--asset-output", directory) : null,
            Concurrency = run.Value(_concurrency),
            Rewrite = run.Value(_rewrite),
            Shard = Shard(run.Value(_shard)),
            LockFile = run.Value(_locked) ? run.Value(_lock) ?? AssetsLock.DefaultFileName : null,
            Download = _download.Options(run),
        };
        var output = _download.Output(run);
        var connections = Math.Max(options.Concurrency ?? MaxConcurrency, options.Download.Connections ?? 0);
        var client = await run.ConnectAsync(connections, cancellationToken).ConfigureAwait(false);
        return await _source.UseAsync(
            run,
            client,
            options,
            (dataset, chosen) => _download.IsDryRun(run) ? EstimateAsync(run, dataset, chosen, cancellationToken) : DownloadAsync(run, dataset, output, chosen, cancellationToken),
            cancellationToken).ConfigureAwait(false);
    }

    private static AssetShard? Shard(string? text)
    {
        try
        {
            return text is null ? null : text == "auto" ? AssetShard.FromEnvironment() : AssetShard.Parse(text);
        }
        catch (FormatException error)
        {
            throw new WrongUsageException($"--shard: {error.Message}");
        }
    }

    private Task<int> DownloadAsync(CommandRun run, Dataset dataset, string output, DatasetAssetsOptions options, CancellationToken cancellationToken) =>
        ReportAsync(run, _download.WantsProgress(run), progress => dataset.DownloadAssetsAsync(output, options, progress, cancellationToken), cancellationToken);

    /// <summary>Downloads assets, and reports the result.</summary>
    public static async Task<int> ReportAsync(CommandRun run, bool wantsProgress, Func<IProgress<AssetsProgress>?, Task<DatasetAssetsResult>> download, CancellationToken cancellationToken)
    {
        DatasetAssetsResult result;
        AssetsFailedException? failed = null;
        try
        {
            using var progress = ProgressDisplay.For(run, wantsProgress);
            result = await download(progress).ConfigureAwait(false);
        }
        catch (AssetsFailedException error)
        {
            (result, failed) = (error.Result, error);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            run.Messages.Note("run the same command again to download only what is missing");
            throw;
        }

        NoteRefused(run, result);
        await run.Results.SingleAsync(Json(result), () => Fields(run, result)).ConfigureAwait(false);
        if (failed is null)
        {
            return ExitCode.Success;
        }

        await run.Output.FlushAsync().ConfigureAwait(false);
        run.Messages.Error(failed);
        return ExitCode.Of(failed);
    }

    // No request for an asset is sent: only the sizes in the catalogue count.
    private static async Task<int> EstimateAsync(CommandRun run, Dataset dataset, DatasetAssetsOptions options, CancellationToken cancellationToken)
    {
        var estimate = await dataset.EstimateAssetsAsync(options with { AssetDirectory = null }, cancellationToken: cancellationToken).ConfigureAwait(false);
        await DryRun.OfPartsAsync(
            run,
            [.. estimate.Collections.Select(part => (part.CollectionId, part.Estimate))],
            [.. estimate.Filters.Select(part => (AssetFilterChoices.NameOf(part.Filter) ?? part.Filter, part.Dropped))],
            cancellationToken).ConfigureAwait(false);
        return ExitCode.Success;
    }

    private static void NoteRefused(CommandRun run, DatasetAssetsResult result)
    {
        foreach (var same in result.Refused.GroupBy(entry => entry.Reason, StringComparer.Ordinal))
        {
            var names = same.Take(MaxNamesInMessage).Select(entry => PlainText.Name(entry.Name));
            run.Messages.Warning($"left out of the catalogue, because {same.Key}: {string.Join(", ", names)}{(same.Count() > MaxNamesInMessage ? $" and {same.Count() - MaxNamesInMessage}{(result.RefusedCount > result.Refused.Count ? " or" : "")} more" : "")}");
        }
    }

    // {directory, database, selected, downloaded, alreadyThere, failed, bytes, refused, errorReport, report}.
    private static string Json(DatasetAssetsResult result) => DownloadJson.Write(json =>
    {
        json.WriteString("directory", result.Directory);
        json.WriteString("database", result.DatabasePath);
        json.WriteNumber("selected", result.Selected);
        json.WriteNumber("downloaded", result.Downloaded);
        json.WriteNumber("alreadyThere", result.AlreadyThere);
        json.WriteNumber("failed", result.Failed);
        json.WriteNumber("bytes", result.Bytes);
        json.WriteNumber("refused", result.RefusedCount);
        json.WriteString("errorReport", result.ErrorReportPath);
        json.WriteString("report", result.ReportPath);
    });

    private static (string Name, string? Value)[] Fields(CommandRun run, DatasetAssetsResult result) =>
    [
        ("Directory", result.Directory),
        ("Database", result.DatabasePath),
        ("Selected", Text(result.Selected)),
        ("Downloaded", Text(result.Downloaded)),
        ("Already there", Text(result.AlreadyThere)),
        ("Failed", Text(result.Failed)),
        ("Bytes", run.Environment.OutputIsTerminal ? Sizes.Of(result.Bytes) : Text(result.Bytes)),
        ("Error report", result.ErrorReportPath),
        ("Report", result.ReportPath),
    ];

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
