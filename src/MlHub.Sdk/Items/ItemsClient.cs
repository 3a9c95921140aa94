using System.Runtime.CompilerServices;

namespace MlHub.Sdk;

/// <summary>Searches for items in all collections. Thread-safe. <see cref="CollectionsClient"/> lists the items of one collection.</summary>
public class ItemsClient
{
    private readonly MlHubClient? _client;

    /// <summary>For test doubles: mocks, and subclasses of your own.</summary>
    protected ItemsClient()
    {
    }

    internal ItemsClient(MlHubClient? client) => _client = client;

    private MlHubClient Client => _client ?? throw TestDoubles.NotOverridden(this);

    /// <summary>Searches for items. Each page is fetched when the enumeration reaches it.</summary>
    /// <remarks>
    /// Hubs that implement STAC API 1.0 can search, such as those of <c>mlhub serve</c>. The original service could not. The search is sent as <c>POST /search</c>,
    /// and needs an API key.
    /// </remarks>
    /// <param name="search">The conditions. Null returns all items of the hub.</param>
    /// <param name="cancellationToken">Cancels the enumeration.</param>
    /// <returns>The items that meet all conditions, in the server's order or as <see cref="ItemSearch.SortBy"/> says.</returns>
    /// <exception cref="ArgumentException">A condition is invalid, or two conditions contradict each other. No request is sent.</exception>
    /// <exception cref="MlHubException">The hub has no search, does not accept a condition, or a page could not be fetched or read.</exception>
    /// <example>
    /// <code>
    /// var search = new ItemSearch { Bbox = Bbox.Parse("34,0,35,1"), Filter = "eo:cloud_cover &lt; 10", SortBy = ["-properties.datetime"] };
    /// await foreach (var item in client.Items.SearchAsync(search))
    /// {
    ///     Console.WriteLine($"{item.CollectionId} {item.Id}");
    /// }
    /// </code>
    /// </example>
    public virtual IAsyncEnumerable<Item> SearchAsync(ItemSearch? search = null, CancellationToken cancellationToken = default)
    {
        search ??= new ItemSearch();
        search.Validate();
        return FindAsync(SearchContent.Of(search), search.Limit, cancellationToken);
    }

    private async IAsyncEnumerable<Item> FindAsync(string content, int? limit, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (limit == 0)
        {
            yield break;
        }

        var address = Client.Connection.Api.Search.ToGetRequestInformation();
        var request = new PageRequest(Client.Connection.Address(address)) { Method = HttpMethod.Post, Body = content };
        var found = 0;
        await foreach (var feature in Client.Pages.EntitiesAsync(request, address.UrlTemplate, "features", cancellationToken).ConfigureAwait(false))
        {
            yield return Item.FromJson(feature, Client);
            if (++found == limit)
            {
                yield break;
            }
        }
    }
}
