using System.Runtime.CompilerServices;

namespace MlHub.Sdk;

/// <summary>Lists and finds collections and their items. Thread-safe.</summary>
public class CollectionsClient
{
    private readonly MlHubClient _client;

    /// <summary>For test doubles that override what they need.</summary>
    protected CollectionsClient() => _client = null!;

    internal CollectionsClient(MlHubClient client) => _client = client;

    /// <summary>All collections of the hub, in its order; the request is sent when the list is first asked for an element.</summary>
    /// <param name="cancellationToken">Ends the list.</param>
    /// <exception cref="MlHubException">The list could not be fetched or read.</exception>
    public virtual async IAsyncEnumerable<Collection> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var request = _client.Connection.Api.Collections.ToGetRequestInformation();
        await foreach (var collection in _client.Pages.EntitiesAsync(request, "collections", cancellationToken).ConfigureAwait(false))
        {
            yield return Collection.FromJson(collection, _client);
        }
    }

    /// <summary>Finds a collection.</summary>
    /// <param name="id">The id; any text, it is escaped.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="EntityDoesNotExistException">There is no such collection.</exception>
    public virtual async Task<Collection> GetAsync(string id, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        var request = _client.Connection.Api.Collections[id].ToGetRequestInformation();
        return Collection.FromJson(await _client.Connection.GetJsonAsync(request, cancellationToken).ConfigureAwait(false), _client);
    }

    /// <summary>The items of a collection, page after page as they are asked for.</summary>
    /// <remarks>
    /// Items are read one by one while their page arrives, so that memory does not grow with the page. At most 8 MiB are read ahead: if the page is larger and
    /// the caller takes very long between two items, the server may give up.
    /// </remarks>
    /// <param name="collectionId">The collection's id.</param>
    /// <param name="query">Which, and how many; all when null.</param>
    /// <param name="cancellationToken">Ends the list.</param>
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

    /// <summary>One item of a collection.</summary>
    /// <param name="collectionId">The collection's id.</param>
    /// <param name="itemId">The item's id.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="EntityDoesNotExistException">There is no such collection or item.</exception>
    public virtual async Task<Item> GetItemAsync(string collectionId, string itemId, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(collectionId);
        ArgumentException.ThrowIfNullOrEmpty(itemId);
        var request = _client.Connection.Api.Collections[collectionId].Items[itemId].ToGetRequestInformation();
        return Item.FromJson(await _client.Connection.GetJsonAsync(request, cancellationToken).ConfigureAwait(false), _client);
    }

    private async IAsyncEnumerable<Item> WalkItemsAsync(
        string collectionId, ItemQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (query.Limit == 0)
        {
            yield break;
        }

        var request = _client.Connection.Api.Collections[collectionId].Items.ToGetRequestInformation(parameters =>
        {
            parameters.QueryParameters.Limit = query.PageSize;
            parameters.QueryParameters.Extensions = query.Extensions.Count == 0 ? null : [.. query.Extensions];
        });
        var tally = new ItemTally(query);
        try
        {
            await foreach (var feature in _client.Pages.EntitiesAsync(request, "features", cancellationToken).ConfigureAwait(false))
            {
                var item = Item.FromJson(feature, _client);
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
            tally.Report(_client.Logger);
        }
    }
}
