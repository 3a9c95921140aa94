using System.CommandLine;
using System.Globalization;
using MlHub.Sdk;

namespace MlHub.Cli;

/// <summary><c>mlhub assets</c>: list, download.</summary>
internal static class AssetsCommand
{
    public static Command Create(CommandFactory factory) => new("assets", "The assets of a dataset: all of them, or a part by collection, band, region or time.")
    {
        List(factory),
        AssetsDownloadCommand.Create(factory),
    };

    private static Column<DatasetAsset>[] Columns(bool humanReadable) =>
    [
        new("Collection", asset => asset.CollectionId),
        new("Item", asset => asset.ItemId),
        new("Key", asset => asset.Key),
        new("Time", asset => Times.Of(asset.Time)),
        humanReadable ? new("Size", asset => asset.Bytes is { } bytes ? Sizes.Of(bytes) : null) : new("Bytes", asset => asset.Bytes?.ToString(CultureInfo.InvariantCulture)),
        new("Path", asset => asset.Path, ColumnKind.Text),
    ];

    private static Command List(CommandFactory factory)
    {
        var source = new AssetsSource();
        var choices = new AssetFilterChoices();
        var output = new Option<string>("--output", "-o")
        {
            HelpName = "DIR",
            Description = "Keep the catalogue and its database in DIR, and use those that are there. Default: remove them at the end.",
        }.NotEmpty();
        var command = new Command("list", "List the assets that the filters select, without downloading them.");
        source.AddTo(command);
        choices.AddTo(command);
        command.Options.Add(output);
        return factory.WithBody(command, async (run, token) =>
        {
            var options = source.Options(run, choices.Filter(run));
            var directory = run.Value(output) is { } path ? DownloadChoices.Directory(run, "--output", path) : null;
            var client = await run.ConnectAsync(token).ConfigureAwait(false);
            return await source.UseAsync(run, client, options, (dataset, chosen) => ListAsync(run, dataset, chosen, directory, token), token).ConfigureAwait(false);
        });
    }

    private static async Task<int> ListAsync(CommandRun run, Dataset dataset, DatasetAssetsOptions options, string? directory, CancellationToken cancellationToken)
    {
        var assets = dataset.ListAssetsAsync(options, directory, cancellationToken);
        if (run.Format == ResultFormat.GeoJson)
        {
            await run.Results.FeaturesAsync(assets, asset => asset.ToGeoJson(), cancellationToken).ConfigureAwait(false);
        }
        else
        {
            await run.Results.ListAsync(assets, asset => asset.ToJson(), Columns(run.Environment.OutputIsTerminal), cancellationToken).ConfigureAwait(false);
        }

        return ExitCode.Success;
    }
}
