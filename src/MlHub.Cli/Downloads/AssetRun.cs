using System.Runtime.CompilerServices;
using MlHub.Sdk;

namespace MlHub.Cli;

/// <summary>Downloads the assets of items for a command, or tells how much that would be.</summary>
internal sealed class AssetRun(MlHubClient client, AssetDownloadOptions options)
{
    // A message that names more is of no use.
    private const int MostKeys = 30;

    private readonly SortedSet<string> _keys = new(StringComparer.Ordinal);
    private bool _anyItem;

    /// <summary>Downloads the assets and reports what became of each.</summary>
    /// <exception cref="NoSuchAssetException">There are items, and none has an asset that is wanted.</exception>
    public async Task DownloadAsync(IAsyncEnumerable<Item> items, string output, DownloadReport report, IProgress<DownloadProgress>? progress, CancellationToken cancellationToken)
    {
        var any = false;
        await foreach (var outcome in client.Assets.DownloadAsync(WatchAsync(items, cancellationToken), output, options, progress, cancellationToken).ConfigureAwait(false))
        {
            any = true;
            if (outcome.Succeeded)
            {
                await report.AddAsync(outcome.Result).ConfigureAwait(false);
            }
            else
            {
                report.Fail($"{outcome.ItemId}/{outcome.Key}", outcome.Error, Messages.Describe(outcome.Error));
            }
        }

        RequireAny(any);
    }

    /// <summary>Counts the files and their bytes.</summary>
    /// <inheritdoc cref="DownloadAsync" path="/exception"/>
    public async Task<DownloadEstimate> EstimateAsync(IAsyncEnumerable<Item> items, CancellationToken cancellationToken)
    {
        var estimate = await client.Assets.EstimateAsync(WatchAsync(items, cancellationToken), options, cancellationToken).ConfigureAwait(false);
        RequireAny(estimate.Files > 0);
        return estimate;
    }

    /// <summary>Tells a report of something that could not be found.</summary>
    public static Action<string, Exception> Failing(CommandRun run, DownloadReport report) => (id, error) => report.Fail(id, error, run.Messages.DescribeNamed(error));

    /// <summary>Things found by their ids, one after the other. One that does not exist is told of, and does not end the list.</summary>
    public static async IAsyncEnumerable<Item> FindAsync(
        IReadOnlyList<string> ids, Func<string, Task<Item>> find, Action<string, Exception> fail, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var different = ids.Distinct(StringComparer.Ordinal).ToArray();
        foreach (var id in different)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Item item;
            try
            {
                item = await find(id).ConfigureAwait(false);
            }
            catch (EntityDoesNotExistException error) when (different.Length > 1)
            {
                fail(id, error);
                continue;
            }

            yield return item;
        }
    }

    private async IAsyncEnumerable<Item> WatchAsync(IAsyncEnumerable<Item> items, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var item in items.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            _anyItem = true;
            if (_keys.Count < MostKeys)
            {
                _keys.UnionWith(item.Assets.Keys);
            }

            yield return item;
        }
    }

    private void RequireAny(bool any)
    {
        if (!any && _anyItem && options.Keys.Count > 0)
        {
            throw new NoSuchAssetException(
                $"no item has an asset that --asset names ({string.Join(", ", options.Keys)}): there are {string.Join(", ", _keys.Take(MostKeys))}");
        }
    }
}
