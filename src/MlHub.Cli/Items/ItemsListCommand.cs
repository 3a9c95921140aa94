using System.CommandLine;
using System.Runtime.CompilerServices;
using MlHub.Sdk;

namespace MlHub.Cli;

/// <summary><c>mlhub items list</c>.</summary>
internal sealed class ItemsListCommand
{
    private const int ShownByDefault = 10;

    private readonly Argument<string> _collection = new Argument<string>("COLLECTION")
    {
        Description = "The collection's id.",
    }.NotEmpty();

    private readonly Option<int?> _limit = new("--limit")
    {
        HelpName = "N",
        Description = $"List at most N items. Default: {ShownByDefault}.",
        CustomParser = Values.Number("--limit", min: 0),
    };

    private readonly Option<bool> _all = new("--all") { Description = "List all items. There may be hundreds of thousands." };

    private readonly Option<int?> _pageSize = new("--page-size")
    {
        HelpName = "N",
        Description = "The number of items on each page that the server sends. Default: the server decides.",
        CustomParser = Values.Number("--page-size", min: 1),
    };

    private readonly Option<string[]> _extensions = new Option<string[]>("--extension")
    {
        HelpName = "E",
        Description = "Only items with this STAC extension. Can be repeated: an item must have all of them.",
    }.NotEmpty();

    private readonly Option<Bbox> _bbox = new("--bbox")
    {
        HelpName = "W,S,E,N",
        Description = "Only items whose bounding box touches this one: west, south, east, north in degrees. The API cannot filter, so the command reads pages until it has found enough items.",
        CustomParser = Values.Parsed("--bbox", Bbox.Parse),
    };

    private readonly Option<TemporalInterval> _time = new("--datetime")
    {
        HelpName = "T",
        Description = "Only items of this time or day (2019-07-21T00:00:00Z or 2019-07-21), or of an interval: T/T, T/.. or ../T. The API cannot filter, so the command reads pages until it has found enough items.",
        CustomParser = Values.Parsed("--datetime", TemporalInterval.Parse),
    };

    public static Command Create(CommandFactory factory, Column<Item>[] columns)
    {
        var options = new ItemsListCommand();
        var command = new Command("list", "List the items of a collection: id, time, bounding box, number of assets.")
        {
            options._collection, options._limit, options._all, options._pageSize, options._extensions, options._bbox, options._time,
        };
        return factory.WithBody(command, async (run, token) =>
        {
            var query = options.Query(run);
            var client = await run.ConnectAsync(token).ConfigureAwait(false);
            var items = client.Collections.ListItemsAsync(run.Value(options._collection), query, token);
            var more = "";
            await run.Results
                .ListAsync(options.IsShort(run) ? FirstAsync(items, query, found => more = found, token) : items, item => item.ToJson(), columns, token)
                .ConfigureAwait(false);
            if (more.Length > 0)
            {
                // The results come before the note.
                await run.Output.FlushAsync().ConfigureAwait(false);
                run.Messages.Note($"the first {ShownByDefault} items; {more}: use --all for all items, or --limit N for the first N");
            }

            return ExitCode.Success;
        });
    }

    private static bool IsFiltered(ItemQuery query) => query.Bbox is not null || query.DateTime is not null;

    // Without a filter, one more item shows whether there are more. With a filter, all pages might have to be read to find one.
    private static async IAsyncEnumerable<Item> FirstAsync(
        IAsyncEnumerable<Item> items, ItemQuery query, Action<string> more, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var shown = 0;
        await foreach (var item in items.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            if (shown == ShownByDefault)
            {
                more("there are more");
                yield break;
            }

            yield return item;
            shown++;
        }

        if (shown == ShownByDefault && IsFiltered(query))
        {
            more("there may be more");
        }
    }

    private bool IsShort(CommandRun run) => run.Value(_limit) is null && !run.Value(_all);

    private ItemQuery Query(CommandRun run)
    {
        var limit = run.Value(_limit);
        if (limit is not null && run.Value(_all))
        {
            throw new WrongUsageException("--limit and --all cannot be combined.");
        }

        var query = new ItemQuery
        {
            Limit = limit,
            PageSize = run.Value(_pageSize),
            Extensions = run.Value(_extensions) ?? [],
            Bbox = run.Value(_bbox),
            DateTime = run.Value(_time),
        };
        return !IsShort(run) ? query : query with { Limit = IsFiltered(query) ? ShownByDefault : ShownByDefault + 1 };
    }
}
