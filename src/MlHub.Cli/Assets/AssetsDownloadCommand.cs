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

    private readonly Argument<string> _dataset = AssetsCommand.Dataset();
    private readonly AssetFilterChoices _filter = new();
    private readonly DownloadChoices _download = new();

    private readonly Option<string> _assetOutput = new Option<string>("--asset-output")
    {
        HelpName = "DIR",
        Description = "The directory for the assets and their database. Default: that of --output.",
    }.NotEmpty();

    private readonly Option<int?> _concurrency = new("--concurrency")
    {
        HelpName = "N",
        Description = "Download N files at the same time, 1 to 256. Default: 32, and more while that makes the download faster.",
        CustomParser = Values.Number("--concurrency", min: 1, max: MaxConcurrency),
    };

    public static Command Create(CommandFactory factory)
    {
        var choices = new AssetsDownloadCommand();
        var command = new Command("download", "Download the assets that the filters select, each as DATASET/COLLECTION/ITEM/KEY.EXTENSION.") { choices._dataset };
        choices._filter.AddTo(command);
        choices._download.AddTo(command, withChecksums: false);
        command.Options.Add(choices._assetOutput);
        command.Options.Add(choices._concurrency);
        return factory.WithBody(command, choices.RunAsync);
    }

    private async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var options = new DatasetAssetsOptions
        {
            Filter = _filter.Filter(run),
            AssetDirectory = run.Value(_assetOutput) is { } directory ? DownloadChoices.Directory(run, "--asset-output", directory) : null,
            Concurrency = run.Value(_concurrency),
            Download = _download.Options(run),
        };
        var output = _download.Output(run);
        var connections = Math.Max(options.Concurrency ?? MaxConcurrency, options.Download.Connections ?? 0);
        var client = await run.ConnectAsync(connections, cancellationToken).ConfigureAwait(false);
        var dataset = await client.Datasets.GetAsync(run.Value(_dataset), cancellationToken).ConfigureAwait(false);
        return _download.IsDryRun(run)
            ? await EstimateAsync(run, dataset, options.Filter, cancellationToken).ConfigureAwait(false)
            : await DownloadAsync(run, dataset, output, options, cancellationToken).ConfigureAwait(false);
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
    private static async Task<int> EstimateAsync(CommandRun run, Dataset dataset, AssetFilter filter, CancellationToken cancellationToken)
    {
        var estimates = new SortedDictionary<string, DownloadEstimate>(StringComparer.Ordinal);
        await foreach (var asset in dataset.ListAssetsAsync(filter, cancellationToken: cancellationToken).ConfigureAwait(false))
        {
            var before = estimates.GetValueOrDefault(asset.CollectionId) ?? new DownloadEstimate { Files = 0, Bytes = 0 };
            estimates[asset.CollectionId] = new DownloadEstimate
            {
                Files = before.Files + 1,
                Bytes = before.Bytes + (asset.Bytes ?? 0),
                FilesOfUnknownSize = before.FilesOfUnknownSize + (asset.Bytes is null ? 1 : 0),
            };
        }

        return await DryRun.OneByOneAsync(run, [.. estimates], estimate => estimate.Key, (estimate, _) => Task.FromResult(estimate.Value), cancellationToken).ConfigureAwait(false);
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
