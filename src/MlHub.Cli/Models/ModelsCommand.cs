using System.CommandLine;
using MlHub.Sdk;

namespace MlHub.Cli;

/// <summary><c>mlhub models</c>: list, show, download.</summary>
internal static class ModelsCommand
{
    private static readonly Column<MlModel>[] Columns =
    [
        new("ID", model => model.Id),
        new("Title", model => model.Title, ColumnKind.Text),
        new("Architecture", model => model.Architecture, ColumnKind.Text),
    ];

    public static Command Create(CommandFactory factory) => new("models", "Trained models: STAC items with the ML Model extension.")
    {
        List(factory),
        Show(factory),
        Download(factory),
    };

    private static Command List(CommandFactory factory) =>
        factory.WithBody(new Command("list", "List the models: id, title, architecture."), async (run, token) =>
        {
            var client = await run.ConnectAsync(token).ConfigureAwait(false);
            await run.Results.ListAsync(client.Models.ListAsync(token), model => model.ToJson(), Columns, token).ConfigureAwait(false);
            return ExitCode.Success;
        });

    private static Command Show(CommandFactory factory)
    {
        var id = new Argument<string>("ID") { Description = "The model's id." };
        return factory.WithBody(new Command("show", "Show one model.") { id.NotEmpty() }, async (run, token) =>
        {
            var client = await run.ConnectAsync(token).ConfigureAwait(false);
            var model = await client.Models.GetAsync(run.Value(id), token).ConfigureAwait(false);
            await run.Results.SingleAsync(model.ToJson(), () => Fields(model)).ConfigureAwait(false);
            return ExitCode.Success;
        });
    }

    private static Command Download(CommandFactory factory)
    {
        var ids = new Argument<string[]>("ID") { Description = "The ids of the models.", Arity = ArgumentArity.OneOrMore };
        var choices = new AssetChoices();
        var command = new Command("download", "Download the assets of models, each as COLLECTION/MODEL/KEY.EXTENSION.") { ids.NotEmpty() };
        choices.AddTo(command);
        return factory.WithBody(command, async (run, token) =>
        {
            var output = choices.Download.Output(run);
            var client = await run.ConnectAsync(choices.Download.Options(run).Connections, token).ConfigureAwait(false);
            var assets = new AssetRun(run, client, choices.Options(run));
            return choices.Download.IsDryRun(run)
                ? await DryRun.OneByOneAsync(run, run.Value(ids), (id, dry) => assets.EstimateAsync(Models([id], dry.FailAsync), token), token).ConfigureAwait(false)
                : await DownloadRun.ReportAsync(
                    run, choices.Download, (report, progress) => assets.DownloadAsync(Models(run.Value(ids), AssetRun.ReportNotFound(run, report)), output, report, progress, token), token).ConfigureAwait(false);

            IAsyncEnumerable<Item> Models(string[] chosen, Func<string, Exception, Task> fail) =>
                AssetRun.FindAsync(chosen, async id => await client.Models.GetAsync(id, token).ConfigureAwait(false), fail, token);
        });
    }

    private static (string Name, string? Value)[] Fields(MlModel model) =>
    [
        ("Title", model.Title),
        ("Description", model.Description),
        ("License", model.License),
        ("DOI", model.Doi),
        ("Citation", model.Citation),
        ("Learning", model.LearningApproach),
        ("Prediction", model.PredictionType),
        ("Architecture", model.Architecture),
        .. ItemsCommand.Fields(model),
    ];
}
