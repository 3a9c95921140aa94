using System.CommandLine;

namespace MlHub.Cli;

/// <summary><c>mlhub catalogs</c>: info, download.</summary>
internal static class CatalogsCommand
{
    public static Command Create(CommandFactory factory) => new("catalogs", "STAC catalogues of datasets: compressed tar files with all metadata and no imagery.")
    {
        Info(factory),
        DownloadRun.Command(
            factory,
            "Download the catalogues of datasets.",
            "The ids of the datasets.",
            (client, id, output, options, progress, token) => client.Catalogs.DownloadAsync(id, output, options, progress, token),
            async (client, id, token) => (await client.Catalogs.GetInfoAsync(id, token).ConfigureAwait(false)).StacCatalogSize),
    };

    private static Command Info(CommandFactory factory)
    {
        var id = new Argument<string>("DATASET") { Description = "The dataset's id." };
        return factory.WithBody(new Command("info", "Show the size in bytes of a catalogue, and of all files that it lists.") { id.NotEmpty() }, async (run, token) =>
        {
            var client = await run.ConnectAsync(token).ConfigureAwait(false);
            var info = await client.Catalogs.GetInfoAsync(run.Value(id), token).ConfigureAwait(false);
            (string, string?)[] fields =
            [
                ("Dataset", info.Dataset),
                ("Size", Sizes.Field(run, info.StacCatalogSize)),
                ("Size of all files", Sizes.Field(run, info.EstimatedDatasetSize)),
            ];
            await run.Results.SingleAsync(info.ToJson(), () => fields).ConfigureAwait(false);
            return ExitCode.Success;
        });
    }
}
