using System.CommandLine;
using MlHub.Sdk;

namespace MlHub.Cli;

/// <summary><c>mlhub items list</c>.</summary>
internal sealed class ItemsListCommand
{
    private readonly Argument<string> _collection = new Argument<string>("COLLECTION")
    {
        Description = "The collection's id.",
    }.NotEmpty();

    private readonly ItemCount _count = new();

    private readonly Option<string[]> _extensions = new Option<string[]>("--extension")
    {
        HelpName = "E",
        Description = "Only items with this STAC extension. Can be repeated: an item must have all of them.",
    }.NotEmpty();

    private readonly Option<Bbox> _bbox = new("--bbox")
    {
        HelpName = "W,S,E,N",
        Description = "Only items whose bounding box touches this one: west, south, east, north in degrees. The command reads pages until it has found enough items. \"mlhub items search\" lets the hub filter.",
        CustomParser = Values.Parsed("--bbox", Bbox.Parse),
    };

    private readonly Option<TemporalInterval> _time = new("--datetime")
    {
        HelpName = "T",
        Description = "Only items of this time or day (2019-07-21T00:00:00Z or 2019-07-21), or of an interval: T/T, T/.. or ../T. The command reads pages, as for --bbox.",
        CustomParser = Values.Parsed("--datetime", TemporalInterval.Parse),
    };

    public static Command Create(CommandFactory factory, Column<Item>[] columns)
    {
        var options = new ItemsListCommand();
        var command = new Command("list", "List the items of a collection: id, time, bounding box, number of assets.") { options._collection };
        options._count.AddTo(command);
        command.Options.Add(options._extensions);
        command.Options.Add(options._bbox);
        command.Options.Add(options._time);
        return factory.WithBody(command, async (run, token) =>
        {
            var query = options.Query(run);
            var client = await run.ConnectAsync(token).ConfigureAwait(false);
            var items = client.Collections.ListItemsAsync(run.Value(options._collection), query, token);
            await options._count.ShowAsync(run, items, columns, options.IsFiltered(run), token).ConfigureAwait(false);
            return ExitCode.Success;
        });
    }

    private bool IsFiltered(CommandRun run) => run.Value(_bbox) is not null || run.Value(_time) is not null;

    private ItemQuery Query(CommandRun run) => new()
    {
        Limit = _count.Requested(run, IsFiltered(run)),
        PageSize = _count.PageSize(run),
        Extensions = run.Value(_extensions) ?? [],
        Bbox = run.Value(_bbox),
        DateTime = run.Value(_time),
    };
}
