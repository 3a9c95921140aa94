using System.Runtime.CompilerServices;
using MlHub.Sdk;

namespace MlHub.Cli;

/// <summary>Downloads the assets of items for a command, or estimates their size.</summary>
internal sealed class AssetRun(CommandRun run, MlHubClient client, AssetDownloadOptions options)
{
    // A message with more keys would not help.
    private const int MaxKeysInMessage = 30;

    private readonly SortedSet<string> _keys = new(StringComparer.Ordinal);
    private readonly HashSet<string> _unseen = new(options.Keys, StringComparer.Ordinal);
    private bool _anyItem;

    /// <summary>Downloads the assets and reports the result of each.</summary>
    /// <exception cref="NoSuchAssetException">There are items, but none has a requested asset.</exception>
    public async Task DownloadAsync(IAsyncEnumerable<Item> items, string output, DownloadReport report, IProgress<DownloadProgress>? progress, CancellationToken cancellationToken)
    {
        var any = false;
        await foreach (var outcome in client.Assets.DownloadAsync(CollectKeysAsync(items, cancellationToken), output, options, progress, cancellationToken).ConfigureAwait(false))
        {
            any = true;
            if (outcome.Succeeded)
            {
                await report.AddAsync(outcome.Result).ConfigureAwait(false);
            }
            else
            {
                await report.FailAsync($"{outcome.ItemId}/{outcome.Key}", outcome.Error, Messages.Describe(outcome.Error)).ConfigureAwait(false);
            }
        }

        RequireAny(any);
    }

    /// <summary>Counts the files and their bytes.</summary>
    /// <inheritdoc cref="DownloadAsync" path="/exception"/>
    public async Task<DownloadEstimate> EstimateAsync(IAsyncEnumerable<Item> items, CancellationToken cancellationToken)
    {
        var estimate = await client.Assets.EstimateAsync(CollectKeysAsync(items, cancellationToken), options, cancellationToken).ConfigureAwait(false);
        RequireAny(estimate.Files > 0);
        return estimate;
    }

    /// <summary>Adds an item or a model that could not be found to a report.</summary>
    public static Func<string, Exception, Task> ReportNotFound(CommandRun run, DownloadReport report) => (id, error) => report.FailAsync(id, error, run.Messages.DescribeNamed(error));

    /// <summary>Finds items by their ids, one after the other. An id that does not exist is reported, and the list continues.</summary>
    public static async IAsyncEnumerable<Item> FindAsync(
        IReadOnlyList<string> ids, Func<string, Task<Item>> find, Func<string, Exception, Task> fail, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var distinctIds = ids.Distinct(StringComparer.Ordinal).ToArray();
        foreach (var id in distinctIds)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Item item;
            try
            {
                item = await find(id).ConfigureAwait(false);
            }
            catch (EntityDoesNotExistException error) when (distinctIds.Length > 1)
            {
                await fail(id, error).ConfigureAwait(false);
                continue;
            }

            yield return item;
        }
    }

    private async IAsyncEnumerable<Item> CollectKeysAsync(IAsyncEnumerable<Item> items, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var item in items.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            _anyItem = true;
            _unseen.ExceptWith(item.Assets.Keys);
            if (_keys.Count < MaxKeysInMessage)
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
                $"no item has an asset with the key of --asset ({string.Join(", ", options.Keys)}): the existing keys are {string.Join(", ", _keys.Take(MaxKeysInMessage))}");
        }

        // One of several keys may be misspelt.
        if (_anyItem && _unseen.Count > 0)
        {
            run.Messages.Warning($"no item has an asset with the key {string.Join(", ", _unseen.Order(StringComparer.Ordinal))}: the existing keys are {string.Join(", ", _keys.Take(MaxKeysInMessage))}");
        }
    }
}
