using System.CommandLine;
using System.Globalization;
using System.Runtime.CompilerServices;
using MlHub.Sdk;

namespace MlHub.Cli;

/// <summary><c>mlhub mirror</c>: copies datasets into a directory that <c>mlhub serve</c> serves.</summary>
internal sealed class MirrorCommand
{
    private readonly Argument<string[]> _datasets = new Argument<string[]>("DATASET") { Description = "The ids or DOIs of the datasets.", Arity = ArgumentArity.OneOrMore }.NotEmpty();

    private readonly Option<string> _output = new Option<string>("--output", "-o")
    {
        HelpName = "DIR",
        Description = "The directory for the files. It is created if necessary. Default: the current directory.",
    }.NotEmpty();

    private readonly Option<int?> _concurrency = AssetsDownloadCommand.ConcurrencyOption();

    private readonly Option<bool> _dryRun = DownloadChoices.DryRunOption();

    private readonly Option<bool> _progress = new("--progress")
    {
        Description = "Report progress even if standard error is not a terminal: a line every 10 seconds.",
    };

    public static Command Create(CommandFactory factory)
    {
        var choices = new MirrorCommand();
        return factory.WithBody(
            new Command("mirror", "Copy datasets with everything that \"mlhub serve DIR\" needs to serve them again.") { choices._datasets, choices._output, choices._concurrency, choices._dryRun, choices._progress },
            choices.RunAsync);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var output = Path.GetFullPath(DownloadChoices.Directory(run, "--output", run.Value(_output) ?? "."));
        var options = new DatasetAssetsOptions
        {
            Concurrency = run.Value(_concurrency),

            // There is no record of an earlier run, and a file of the same size may be that of another asset.
            Download = new DownloadOptions { IfExists = IfExists.Verify },
        };
        var client = await run.ConnectAsync(options.Concurrency ?? AssetsDownloadCommand.MaxConcurrency, cancellationToken).ConfigureAwait(false);
        if (run.Value(_dryRun))
        {
            return await DryRun.OneByOneAsync(run, run.Value(_datasets), (id, _) => EstimateAsync(client, id, options, cancellationToken), cancellationToken).ConfigureAwait(false);
        }

        var results = new List<MirrorResult>();
        var failed = new List<int>();
        try
        {
            using var progress = ProgressDisplay.For(run, run.Value(_progress));
            foreach (var id in run.Value(_datasets).Distinct(StringComparer.Ordinal))
            {
                try
                {
                    results.Add(await new DatasetMirror(client, output, options, progress).RunAsync(id, cancellationToken).ConfigureAwait(false));
                }
                catch (MlHubException error) when (error is not (ApiKeyNotFoundException or MlHubAuthenticationException or DownloadException { Reason: DownloadFailure.DiskFull }))
                {
                    // The other datasets go on.
                    run.Messages.Error($"{id}: {run.Messages.DescribeNamed(error)}");
                    failed.Add(ExitCode.Of(error));
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            run.Messages.Note("run the same command again to download only what is missing");
            throw;
        }

        await run.Results.ListAsync(results.ToAsyncEnumerable(), Json, Columns, cancellationToken).ConfigureAwait(false);
        await run.Output.FlushAsync().ConfigureAwait(false);
        foreach (var result in results.Where(result => result.Failed > 0))
        {
            foreach (var failure in result.Failures)
            {
                run.Messages.Error($"{result.Dataset}: {failure}");
            }

            run.Messages.Error($"{result.Failed} of the files of '{result.Dataset}' could not be downloaded. Run the command again to try only those.");
        }

        return results.Exists(result => result.Failed > 0) ? ExitCode.SomeFailed : ExitCode.OfMany(results.Count, failed);
    }

    // The STAC files are not counted: their number is known only after they have been fetched.
    private static async Task<DownloadEstimate> EstimateAsync(MlHubClient client, string id, DatasetAssetsOptions options, CancellationToken cancellationToken)
    {
        var dataset = await client.Datasets.GetAsync(id, cancellationToken).ConfigureAwait(false);
        var archives = await DatasetSizes.OfAsync(dataset, cancellationToken).ConfigureAwait(false);
        try
        {
            var assets = await dataset.EstimateAssetsAsync(options, cancellationToken: cancellationToken).ConfigureAwait(false);
            return DryRun.Sum(archives.Estimate, assets.Total);
        }
        catch (Exception error) when (error is NoAssetsSelectedException or EntityDoesNotExistException)
        {
            // The dataset has archives only.
            return archives.Estimate;
        }
    }

    private static readonly Column<MirrorResult>[] Columns =
    [
        new("Dataset", result => result.Dataset),
        new("STAC files", result => Text(result.Documents)),
        new("Assets", result => Text(result.Assets)),
        new("Archives", result => Text(result.Archives)),
        new("Failed", result => Text(result.Failed)),
    ];

    // {dataset, documents, assets, archives, failed}.
    private static string Json(MirrorResult result) => DownloadJson.Write(json =>
    {
        json.WriteString("dataset", result.Dataset);
        json.WriteNumber("documents", result.Documents);
        json.WriteNumber("assets", result.Assets);
        json.WriteNumber("archives", result.Archives);
        json.WriteNumber("failed", result.Failed);
    });

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
