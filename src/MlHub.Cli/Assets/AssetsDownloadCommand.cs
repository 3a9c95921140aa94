using System.CommandLine;
using System.Globalization;
using MlHub.Sdk;

namespace MlHub.Cli;

/// <summary><c>mlhub assets download</c>.</summary>
internal sealed class AssetsDownloadCommand
{
    private const int MaxConcurrency = 256;

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

    private readonly Option<int?> _concurrency = new("--concurrency")
    {
        HelpName = "N",
        Description = "Download N files at the same time, 1 to 256. Default: 32, and more while that makes the download faster.",
        CustomParser = Values.Number("--concurrency", min: 1, max: MaxConcurrency),
    };

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
        return factory.WithBody(command, choices.RunAsync);
    }

    private async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var options = _source.Options(run, _filter.Filter(run)) with
        {
            AssetDirectory = run.Value(_assetOutput) is { } directory ? DownloadChoices.Directory(run, "--asset-output", directory) : null,
            Concurrency = run.Value(_concurrency),
            Rewrite = run.Value(_rewrite),
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

    private async Task<int> DownloadAsync(CommandRun run, Dataset dataset, string output, DatasetAssetsOptions options, CancellationToken cancellationToken)
    {
        DatasetAssetsResult result;
        AssetsFailedException? failed = null;
        try
        {
            using var progress = ProgressDisplay.For(run, _download.WantsProgress(run));
            result = await dataset.DownloadAssetsAsync(output, options, progress, cancellationToken).ConfigureAwait(false);
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
            run.Messages.Warning($"left out of the catalogue, because {same.Key}: {string.Join(", ", names)}{(same.Count() > MaxNamesInMessage ? $" and {same.Count() - MaxNamesInMessage} more" : "")}");
        }
    }

    // {directory, database, selected, downloaded, alreadyThere, failed, bytes, refused, errorReport}.
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
    ];

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
