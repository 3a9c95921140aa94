using System.Runtime.CompilerServices;

namespace MlHub.Sdk;

/// <summary>Lists and gets collections and their items. Thread-safe.</summary>
public class CollectionsClient
{
    private readonly MlHubClient? _client;

    /// <summary>For test doubles: mocks, and subclasses of your own.</summary>
    protected CollectionsClient()
    {
    }

    internal CollectionsClient(MlHubClient? client) => _client = client;

    private MlHubClient Client => _client ?? throw TestDoubles.NotOverridden(this);

    /// <summary>Lists all collections of the hub, in the server's order. The request is sent when the enumeration starts.</summary>
    /// <param name="cancellationToken">Cancels the enumeration.</param>
    /// <exception cref="MlHubException">The list could not be fetched or read.</exception>
    public virtual async IAsyncEnumerable<Collection> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var request = Client.Connection.Api.Collections.ToGetRequestInformation();
        await foreach (var collection in Client.Pages.EntitiesAsync(request, "collections", cancellationToken).ConfigureAwait(false))
        {
            yield return Collection.FromJson(collection, Client);
        }
    }

    /// <summary>Gets a collection.</summary>
    /// <param name="id">The id. It is escaped, so it can contain any characters.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <exception cref="EntityDoesNotExistException">There is no such collection.</exception>
    public virtual async Task<Collection> GetAsync(string id, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        var request = Client.Connection.Api.Collections[id].ToGetRequestInformation();
        return Collection.FromJson(await Client.Connection.GetJsonAsync(request, cancellationToken).ConfigureAwait(false), Client);
    }

    /// <summary>Lists the items of a collection. Each page is fetched when the enumeration reaches it.</summary>
    /// <remarks>
    /// Items are parsed one by one while their page arrives, so that memory use does not depend on the size of the page. At most 8 MiB are read in advance. If
    /// the page is larger and the caller takes very long between two items, the server may close the connection.
    /// </remarks>
    /// <param name="collectionId">The id of the collection.</param>
    /// <param name="query">A filter and a limit. Null lists all items.</param>
    /// <param name="cancellationToken">Cancels the enumeration.</param>
    /// <exception cref="EntityDoesNotExistException">There is no such collection.</exception>
    /// <exception cref="MlHubException">A page could not be fetched or read.</exception>
    public virtual IAsyncEnumerable<Item> ListItemsAsync(
        string collectionId, ItemQuery? query = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(collectionId);
        query ??= new ItemQuery();
        query.Validate();
        return WalkItemsAsync(collectionId, query, cancellationToken);
    }

    /// <summary>Gets an item of a collection.</summary>
    /// <param name="collectionId">The id of the collection.</param>
    /// <param name="itemId">The id of the item.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <exception cref="EntityDoesNotExistException">There is no such collection or item.</exception>
    public virtual async Task<Item> GetItemAsync(string collectionId, string itemId, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(collectionId);
        ArgumentException.ThrowIfNullOrEmpty(itemId);
        var request = Client.Connection.Api.Collections[collectionId].Items[itemId].ToGetRequestInformation();
        return Item.FromJson(await Client.Connection.GetJsonAsync(request, cancellationToken).ConfigureAwait(false), Client);
    }

    private async IAsyncEnumerable<Item> WalkItemsAsync(
        string collectionId, ItemQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (query.Limit == 0)
        {
            yield break;
        }

        var request = Client.Connection.Api.Collections[collectionId].Items.ToGetRequestInformation(parameters =>
        {
            parameters.QueryParameters.Limit = query.PageSize;
            parameters.QueryParameters.Extensions = query.Extensions.Count == 0 ? null : [.. query.Extensions];
        });
        var tally = new ItemTally(query);
        try
        {
            await foreach (var feature in Client.Pages.EntitiesAsync(request, "features", cancellationToken).ConfigureAwait(false))
            {
                var item = Item.FromJson(feature, Client);
                if (!tally.Counts(item))
                {
                    continue;
                }

                yield return item;
                if (tally.Found == query.Limit)
                {
                    yield break;
                }
            }
        }
        finally
        {
            tally.Report(Client.Logger);
        }
    }
}
