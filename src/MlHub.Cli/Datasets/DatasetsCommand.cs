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
        new("Title", dataset => dataset.Title, ColumnKind.Text),
        new("Collections", dataset => dataset.Collections.Count.ToString(CultureInfo.InvariantCulture)),
    ];

    private static Column<DatasetWithSizes>[] SizedColumns(bool humanReadable) =>
    [
        .. Columns.Select(column => new Column<DatasetWithSizes>(column.Heading, sized => column.Text(sized.Dataset), column.Kind)),
        new("Size", sized => sized.Sizes.OfAll(humanReadable)),
    ];

    public static Command Create(CommandFactory factory) => new("datasets", "Datasets: source imagery and its labels.")
    {
        List(factory),
        Show(factory),
        Download(factory),
    };

    private static Command List(CommandFactory factory)
    {
        var tags = new Option<string[]>("--tag") { HelpName = "TAG", Description = "Only datasets with this tag. Can be repeated: a dataset must have all of them." };
        var text = new Option<string[]>("--text") { HelpName = "TEXT", Description = "Only datasets that contain this text. Can be repeated: a dataset must contain all of them." };
        var sizes = new Option<bool>("--sizes") { Description = "Show the size of the archives of each dataset. This sends one request for each archive. In a pipe, sizes are in bytes. JSON has archive_size and archive_sizes, in bytes." };
        return factory.WithBody(new Command("list", "List the datasets: id, title, number of collections.") { tags.NotEmpty(), text.NotEmpty(), sizes }, async (run, token) =>
        {
            var client = await run.ConnectAsync(token).ConfigureAwait(false);
            var query = new DatasetQuery { Tags = run.Value(tags) ?? [], Text = run.Value(text) ?? [] };
            if (run.Value(sizes))
            {
                var sized = client.Datasets.ListAsync(query, token)
                    .Select(async (Dataset dataset, CancellationToken listToken) => new DatasetWithSizes(dataset, await DatasetSizes.OfAsync(dataset, listToken).ConfigureAwait(false)));
                await run.Results.ListAsync(sized, dataset => dataset.Sizes.AddTo(dataset.Dataset.ToJson()), SizedColumns(run.Environment.OutputIsTerminal), token).ConfigureAwait(false);
                return ExitCode.Success;
            }

            await run.Results.ListAsync(client.Datasets.ListAsync(query, token), dataset => dataset.ToJson(), Columns, token).ConfigureAwait(false);
            return ExitCode.Success;
        });
    }

    private static Command Show(CommandFactory factory)
    {
        var id = new Argument<string>("ID_OR_DOI") { Description = "The id or the DOI of the dataset. A DOI contains a slash." };
        var sizesOption = new Option<bool>("--sizes") { Description = "Add the sizes of the archives to the JSON: archive_size and archive_sizes, in bytes. A table always shows them." };
        return factory.WithBody(new Command("show", "Show one dataset, with the sizes of its archives.") { id.NotEmpty(), sizesOption }, async (run, token) =>
        {
            var client = await run.ConnectAsync(token).ConfigureAwait(false);
            var dataset = await client.Datasets.GetAsync(run.Value(id), token).ConfigureAwait(false);
            var sizes = run.Value(sizesOption) ? await DatasetSizes.OfAsync(dataset, token).ConfigureAwait(false)
                : run.Format == ResultFormat.Table ? await TrySizesAsync(run, dataset, token).ConfigureAwait(false)
                : null;
            await run.Results.SingleAsync(run.Value(sizesOption) ? sizes!.AddTo(dataset.ToJson()) : dataset.ToJson(), () => Fields(run, dataset, sizes)).ConfigureAwait(false);
            return ExitCode.Success;
        });
    }

    // A hub may let a user see a dataset, but not the sizes of its archives.
    private static async Task<DatasetSizes?> TrySizesAsync(CommandRun run, Dataset dataset, CancellationToken cancellationToken)
    {
        try
        {
            return await DatasetSizes.OfAsync(dataset, cancellationToken).ConfigureAwait(false);
        }
        catch (MlHubException error)
        {
            run.Messages.Note($"the sizes of the archives are unknown: {error.Message}");
            return null;
        }
    }

    private static Command Download(CommandFactory factory)
    {
        var ids = new Argument<string[]>("ID_OR_DOI")
        {
            Description = "The ids or DOIs of the datasets.",
            Arity = ArgumentArity.OneOrMore,
        };
        var choices = new DownloadChoices();
        var command = new Command("download", "Download the archives of all collections of a dataset.") { ids.NotEmpty() };
        choices.AddTo(command);
        return factory.WithBody(command, async (run, token) =>
        {
            var output = choices.Output(run);
            var client = await run.ConnectAsync(choices.Options(run).Connections, token).ConfigureAwait(false);
            if (choices.IsDryRun(run))
            {
                return await DryRun.OneByOneAsync(run, run.Value(ids), (id, dry) => EstimateAsync(client, id, dry, token), token).ConfigureAwait(false);
            }

            return await DownloadRun.OneByOneAsync(run, choices, run.Value(ids), FetchAsync, token).ConfigureAwait(false);

            async Task<IReadOnlyList<DownloadResult>> FetchAsync(string id, IProgress<DownloadProgress>? progress)
            {
                var dataset = await client.Datasets.GetAsync(id, token).ConfigureAwait(false);
                return await dataset.DownloadAsync(output, choices.Options(run), progress, token).ConfigureAwait(false);
            }
        });
    }

    private static async Task<DownloadEstimate> EstimateAsync(MlHubClient client, string id, DryRun dry, CancellationToken cancellationToken)
    {
        var dataset = await client.Datasets.GetAsync(id, cancellationToken).ConfigureAwait(false);
        var sizes = await DatasetSizes.OfAsync(dataset, cancellationToken).ConfigureAwait(false);
        foreach (var (collection, _) in sizes.Archives.Where(archive => archive.Value is null))
        {
            var noArchive = new EntityDoesNotExistException("the collection has no archive");
            dry.Report(collection, noArchive, noArchive.Message);
        }

        return sizes.Estimate;
    }

    private static (string Name, string? Value)[] Fields(CommandRun run, Dataset dataset, DatasetSizes? sizes) =>
    [
        ("ID", dataset.Id),
        ("Title", dataset.Title),
        ("Description", dataset.Description),
        ("DOI", dataset.Doi),
        ("Citation", dataset.Citation),
        ("Registry", dataset.RegistryUrl?.OriginalString),
        ("Documentation", dataset.DocumentationLink?.OriginalString),
        ("Creator", dataset.CreatorContact?.Creator),
        ("Contact", dataset.CreatorContact?.Contact),
        ("Status", dataset.Status),
        ("Added", Times.Of(dataset.DateAdded)),
        ("Modified", Times.Of(dataset.DateModified)),
        ("Tags", string.Join(", ", dataset.Tags)),
        ("Size", Sizes.Field(run, sizes?.Total)),
        .. dataset.Collections.Select(collection => ("Collection", Describe(run, collection, sizes))),
        .. dataset.Publications.Select(publication => ("Publication", Describe(publication))),
        .. dataset.ToolsApplications.Select(publication => ("Tool", Describe(publication))),
        .. dataset.Tutorials.Select(publication => ("Tutorial", Describe(publication))),
    ];

    private static string? Describe(CommandRun run, CollectionDescriptor collection, DatasetSizes? sizes)
    {
        string[] details = [.. collection.Types.Select(type => type.ToString()), .. sizes is null ? [] : (string[])[sizes.Of(collection.Id, run.Environment.OutputIsTerminal)]];
        return details.Length == 0 ? collection.Id : $"{collection.Id} ({string.Join(", ", details)})";
    }

    private static string? Describe(Publication publication) =>
        string.Join(' ', ((string?[])[publication.Title, publication.Url?.OriginalString]).Where(part => !string.IsNullOrEmpty(part)));

    private sealed record DatasetWithSizes(Dataset Dataset, DatasetSizes Sizes);
}
