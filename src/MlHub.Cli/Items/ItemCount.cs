using System.CommandLine;
using System.Runtime.CompilerServices;
using MlHub.Sdk;

namespace MlHub.Cli;

/// <summary>The options for how many items a command shows, and how many the server sends at once.</summary>
internal sealed class ItemCount
{
    private const int ShownByDefault = 10;

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

    public void AddTo(Command command)
    {
        command.Options.Add(_limit);
        command.Options.Add(_all);
        command.Options.Add(_pageSize);
    }

    public int? PageSize(CommandRun run) => run.Value(_pageSize);

    /// <summary>The number of items to request. Null for all.</summary>
    /// <param name="run">The run.</param>
    /// <param name="isFilteredHere">
    /// Whether the SDK filters the items. Without that, one more item shows whether there are more. With it, all pages might have to be read to find one.
    /// </param>
    /// <exception cref="WrongUsageException">Options contradict each other.</exception>
    public int? Requested(CommandRun run, bool isFilteredHere) => (run.Value(_limit), run.Value(_all)) switch
    {
        (not null, true) => throw new WrongUsageException("--limit and --all cannot be combined."),
        (null, true) => null,
        ({ } limit, _) => limit,
        _ => isFilteredHere ? ShownByDefault : ShownByDefault + 1,
    };

    /// <summary>Writes the items and, if not all are shown, a note on standard error.</summary>
    public async Task ShowAsync(CommandRun run, IAsyncEnumerable<Item> items, Column<Item>[] columns, bool isFilteredHere, CancellationToken cancellationToken)
    {
        var more = "";
        var isShort = run.Value(_limit) is null && !run.Value(_all);
        await run.Results
            .ListAsync(isShort ? FirstAsync(items, isFilteredHere, found => more = found, cancellationToken) : items, item => item.ToJson(), columns, cancellationToken)
            .ConfigureAwait(false);
        if (more.Length > 0)
        {
            // The results come before the note.
            await run.Output.FlushAsync().ConfigureAwait(false);
            run.Messages.Note($"the first {ShownByDefault} items; {more}: use --all for all items, or --limit N for the first N");
        }
    }

    private static async IAsyncEnumerable<Item> FirstAsync(
        IAsyncEnumerable<Item> items, bool isFilteredHere, Action<string> more, [EnumeratorCancellation] CancellationToken cancellationToken)
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

        if (shown == ShownByDefault && isFilteredHere)
        {
            more("there may be more");
        }
    }
}
