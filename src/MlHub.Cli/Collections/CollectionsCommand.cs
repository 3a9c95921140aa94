using System.CommandLine;
using MlHub.Sdk;

namespace MlHub.Cli;

/// <summary><c>mlhub collections</c>: list, show, download.</summary>
internal static class CollectionsCommand
{
    private static readonly Column<Collection>[] Columns =
    [
        new("ID", collection => collection.Id),
        new("Title", collection => collection.Title, ColumnKind.Text),
        new("License", collection => collection.License, ColumnKind.Text),
    ];

    public static Command Create(CommandFactory factory) => new("collections", "STAC collections: items of imagery or labels, and an archive of all their files.")
    {
        List(factory),
        Show(factory),
        DownloadRun.Command(
            factory,
            "Download the archives of collections.",
            "The ids of the collections.",
            (client, id, output, options, progress, token) => client.Archives.DownloadAsync(id, output, options, progress, token),
            async (client, id, token) => (await client.Archives.GetInfoAsync(id, token).ConfigureAwait(false)).Size),
    };

    private static Command List(CommandFactory factory) =>
        factory.WithBody(new Command("list", "List the collections: id, title, license."), async (run, token) =>
        {
            var client = await run.ConnectAsync(token).ConfigureAwait(false);
            await run.Results
                .ListAsync(client.Collections.ListAsync(token), collection => collection.ToJson(), Columns, token)
                .ConfigureAwait(false);
            return ExitCode.Success;
        });

    private static Command Show(CommandFactory factory)
    {
        var id = new Argument<string>("ID") { Description = "The collection's id." };
        return factory.WithBody(new Command("show", "Show one collection.") { id.NotEmpty() }, async (run, token) =>
        {
            var client = await run.ConnectAsync(token).ConfigureAwait(false);
            var collection = await client.Collections.GetAsync(run.Value(id), token).ConfigureAwait(false);
            await run.Results.SingleAsync(collection.ToJson(), () => Fields(collection)).ConfigureAwait(false);
            return ExitCode.Success;
        });
    }

    private static (string Name, string? Value)[] Fields(Collection collection) =>
    [
        ("ID", collection.Id),
        ("Title", collection.Title),
        ("Description", collection.Description),
        ("License", collection.License),
        ("DOI", collection.Doi),
        ("Citation", collection.Citation),
        ("Registry", collection.RegistryUrl?.AbsoluteUri),
        ("Keywords", string.Join(", ", collection.Keywords)),
        ("STAC version", collection.StacVersion),

        // The first bbox and the first interval cover the whole collection. Hundreds of parts may follow.
        ("Bbox", collection.Extent?.Bboxes is [var overall, ..] ? overall.ToString() : null),
        ("Time", Times.Of(collection.Extent?.Intervals is [var overallTime, ..] ? overallTime : null)),
        .. collection.Providers.Select(provider => ("Provider", provider.Name)),
        .. collection.Assets.Select(asset => ("Asset", (string?)$"{asset.Key} {asset.Value.Href}")),
    ];
}
