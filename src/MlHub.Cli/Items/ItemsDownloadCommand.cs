using System.CommandLine;
using MlHub.Sdk;

namespace MlHub.Cli;

/// <summary><c>mlhub items download</c>.</summary>
internal static class ItemsDownloadCommand
{
    public static Command Create(CommandFactory factory)
    {
        var collection = new Argument<string>("COLLECTION") { Description = "The collection's id." };
        var ids = new Argument<string[]>("ITEM")
        {
            Description = "The ids of the items. Default: all items of the collection.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var choices = new AssetChoices();
        var command = new Command("download", "Download the assets of items, each as COLLECTION/ITEM/KEY.EXTENSION.") { collection.NotEmpty(), ids.NotEmpty() };
        choices.AddTo(command);
        return factory.WithBody(command, async (run, token) =>
        {
            var output = choices.Download.Output(run);
            var client = await run.ConnectAsync(choices.Download.Options(run).Connections, token).ConfigureAwait(false);
            var assets = new AssetRun(run, client, choices.Options(run));
            return choices.Download.IsDryRun(run)
                ? await DryRun.OneByOneAsync(run, [run.Value(collection)], (_, dry) => assets.EstimateAsync(Items(dry.FailAsync), token), token).ConfigureAwait(false)
                : await DownloadRun.ReportAsync(
                    run, choices.Download, (report, progress) => assets.DownloadAsync(Items(AssetRun.ReportNotFound(run, report)), output, report, progress, token), token).ConfigureAwait(false);

            IAsyncEnumerable<Item> Items(Func<string, Exception, Task> fail) => run.Value(ids) is { Length: > 0 } chosen
                ? AssetRun.FindAsync(chosen, id => client.Collections.GetItemAsync(run.Value(collection), id, token), fail, token)
                : client.Collections.ListItemsAsync(run.Value(collection), cancellationToken: token);
        });
    }
}
