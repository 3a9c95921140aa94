using System.CommandLine;
using MlHub.Sdk;

namespace MlHub.Cli;

/// <summary><c>mlhub models</c>: list, show.</summary>
internal static class ModelsCommand
{
    private static readonly Column<MlModel>[] Columns =
    [
        new("ID", model => model.Id),
        new("Title", model => model.Title),
        new("Architecture", model => model.Architecture),
    ];

    public static Command Create(CommandShell shell) => new("models", "Trained models: STAC Items with the ML Model extension.")
    {
        List(shell),
        Show(shell),
    };

    private static Command List(CommandShell shell) =>
        shell.Runs(new Command("list", "List the models: id, title, architecture."), async (run, token) =>
        {
            var client = await run.ConnectAsync(token).ConfigureAwait(false);
            await run.Results.ListAsync(client.Models.ListAsync(token), model => model.ToJson(), Columns, token).ConfigureAwait(false);
            return ExitCode.Done;
        });

    private static Command Show(CommandShell shell)
    {
        var id = new Argument<string>("ID") { Description = "The model's id." };
        return shell.Runs(new Command("show", "Show one model.") { id.NotEmpty() }, async (run, token) =>
        {
            var client = await run.ConnectAsync(token).ConfigureAwait(false);
            var model = await client.Models.GetAsync(run.Value(id), token).ConfigureAwait(false);
            await run.Results.ThingAsync(model.ToJson(), () => Fields(model)).ConfigureAwait(false);
            return ExitCode.Done;
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
