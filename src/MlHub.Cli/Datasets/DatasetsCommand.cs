using System.CommandLine;
using System.Globalization;
using MlHub.Sdk;

namespace MlHub.Cli;

/// <summary><c>mlhub datasets</c>: list, show, download.</summary>
internal static class DatasetsCommand
{
    private static readonly Column<Dataset>[] Columns =
    [
        new("ID", dataset => dataset.Id),
        new("Title", dataset => dataset.Title),
        new("Collections", dataset => dataset.Collections.Count.ToString(CultureInfo.InvariantCulture)),
    ];

    public static Command Create(CommandShell shell) => new("datasets", "Datasets: source imagery and the labels drawn on it.")
    {
        List(shell),
        Show(shell),
        Download(shell),
    };

    private static Command List(CommandShell shell)
    {
        var tags = new Option<string[]>("--tag") { HelpName = "TAG", Description = "Only datasets with this tag. May be given several times: all must be there." };
        var text = new Option<string[]>("--text") { HelpName = "TEXT", Description = "Only datasets whose words hold this text. May be given several times." };
        return shell.Runs(new Command("list", "List the datasets: id, title, number of collections.") { tags.NotEmpty(), text.NotEmpty() }, async (run, token) =>
        {
            var client = await run.ConnectAsync(token).ConfigureAwait(false);
            var query = new DatasetQuery { Tags = run.Value(tags) ?? [], Text = run.Value(text) ?? [] };
            await run.Results.ListAsync(client.Datasets.ListAsync(query, token), dataset => dataset.ToJson(), Columns, token).ConfigureAwait(false);
            return ExitCode.Done;
        });
    }

    private static Command Show(CommandShell shell)
    {
        var id = new Argument<string>("ID_OR_DOI") { Description = "The dataset's id, or its DOI (what holds a slash is a DOI)." };
        return shell.Runs(new Command("show", "Show one dataset.") { id.NotEmpty() }, async (run, token) =>
        {
            var client = await run.ConnectAsync(token).ConfigureAwait(false);
            var dataset = await client.Datasets.GetAsync(run.Value(id), token).ConfigureAwait(false);
            await run.Results.ThingAsync(dataset.ToJson(), () => Fields(dataset)).ConfigureAwait(false);
            return ExitCode.Done;
        });
    }

    private static Command Download(CommandShell shell)
    {
        var ids = new Argument<string[]>("ID_OR_DOI")
        {
            Description = "The ids or DOIs of the datasets.",
            Arity = ArgumentArity.OneOrMore,
        };
        var choices = new DownloadChoices();
        var command = new Command("download", "Download the archives of all collections of a dataset.") { ids.NotEmpty() };
        choices.AddTo(command);
        return shell.Runs(command, async (run, token) =>
        {
            var client = await run.ConnectAsync(choices.Options(run).Connections, token).ConfigureAwait(false);
            return await DownloadRun.OneByOneAsync(run, run.Value(ids), FetchAsync, token).ConfigureAwait(false);

            async Task<IReadOnlyList<DownloadResult>> FetchAsync(string id, IProgress<DownloadProgress>? progress)
            {
                var dataset = await client.Datasets.GetAsync(id, token).ConfigureAwait(false);
                return await dataset.DownloadAsync(choices.Output(run), choices.Options(run), progress, token).ConfigureAwait(false);
            }
        });
    }

    private static (string Name, string? Value)[] Fields(Dataset dataset) =>
    [
        ("ID", dataset.Id),
        ("Title", dataset.Title),
        ("Description", dataset.Description),
        ("DOI", dataset.Doi),
        ("Citation", dataset.Citation),
        ("Registry", dataset.RegistryUrl),
        ("Documentation", dataset.DocumentationLink),
        ("Creator", dataset.CreatorContact?.Creator),
        ("Contact", dataset.CreatorContact?.Contact),
        ("Status", dataset.Status),
        ("Added", Times.Of(dataset.DateAdded)),
        ("Modified", Times.Of(dataset.DateModified)),
        ("Tags", string.Join(", ", dataset.Tags)),
        .. dataset.Collections.Select(collection => ("Collection", Describe(collection))),
        .. dataset.Publications.Select(publication => ("Publication", Describe(publication))),
        .. dataset.ToolsApplications.Select(publication => ("Tool", Describe(publication))),
        .. dataset.Tutorials.Select(publication => ("Tutorial", Describe(publication))),
    ];

    private static string? Describe(DatasetCollection collection) =>
        collection.Types.Count == 0 ? collection.Id : $"{collection.Id} ({string.Join(", ", collection.Types)})";

    private static string? Describe(Publication publication) =>
        string.Join(' ', ((string?[])[publication.Title, publication.Url]).Where(part => !string.IsNullOrEmpty(part)));
}
