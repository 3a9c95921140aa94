using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace MlHub.Server;

/// <summary>Answers searches for items and collections, page by page.</summary>
/// <param name="hub">The hub.</param>
/// <param name="urls">The URLs of the server.</param>
/// <param name="timeout">The time that a search may take.</param>
internal sealed class SearchPages(IHub hub, HubUrls urls, TimeSpan timeout)
{
    /// <summary>Where another page is, by its token.</summary>
    private delegate (string Href, string Method, Action<Utf8JsonWriter>? Body) PageLink(string token);

    /// <summary>A page of the items of one collection.</summary>
    public async Task<IResult> ItemsAsync(string collectionId, SearchRequest search, CancellationToken cancellationToken)
    {
        var self = urls.Items(collectionId);
        var page = await FindAsync(search, cancellationToken).ConfigureAwait(false);
        return page is null ? UnknownToken(search)
            : page.Items.Count == 0 && await hub.FindCollectionAsync(collectionId, cancellationToken).ConfigureAwait(false) is null ? ErrorResponse.DoesNotExist("Collection", collectionId)
            : Respond(search, page, self, ByGet(self), stac =>
            {
                stac.CollectionLinks(collectionId);
                stac.Link("collection", JsonResponse.Json, urls.Collection(collectionId));
            });
    }

    /// <summary>A page of items, for a GET.</summary>
    public Task<IResult> AllItemsAsync(SearchRequest search, CancellationToken cancellationToken) => AllItemsAsync(search, ByGet(urls.Search), cancellationToken);

    /// <summary>A page of items, for a POST. The body of the next page is that of the request, with another token.</summary>
    public Task<IResult> AllItemsAsync(SearchRequest search, JsonElement body, CancellationToken cancellationToken) =>
        AllItemsAsync(search, token => (urls.Search, "POST", json => WriteBody(json, body, token)), cancellationToken);

    /// <summary>A page of collections.</summary>
    public async Task<IResult> CollectionsAsync(SearchRequest search, CancellationToken cancellationToken)
    {
        var all = await hub.ListCollectionsAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var (page, matched, nextToken) = CollectionSearch.Select(all, search);
            return new JsonResponse(json => WriteCollections(json, search, page, matched, nextToken));
        }
        catch (UnknownTokenException)
        {
            return UnknownToken(search);
        }
    }

    private async Task<IResult> AllItemsAsync(SearchRequest search, PageLink linkTo, CancellationToken cancellationToken) =>
        await FindAsync(search, cancellationToken).ConfigureAwait(false) is { } page
            ? Respond(search, page, urls.Search, linkTo, stac => stac.Link("root", JsonResponse.Json, urls.Root))
            : UnknownToken(search);

    // Null if the token is unknown.
    private async Task<HubItemPage?> FindAsync(SearchRequest search, CancellationToken cancellationToken)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limited.CancelAfter(timeout);
        try
        {
            return await hub.ListItemsAsync(search.Query, limited.Token).ConfigureAwait(false);
        }
        catch (UnknownTokenException)
        {
            return null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new BadHttpRequestException("The search took too long. Narrow it by collections, datetime or bbox.", StatusCodes.Status422UnprocessableEntity);
        }
    }

    private JsonResponse Respond(SearchRequest search, HubItemPage page, string self, PageLink linkTo, Action<StacWriter> writeLinks) => new(
        json =>
        {
            using var stac = new StacWriter(json, urls, search.Fields);
            json.WriteStartObject();
            json.WriteString("type", "FeatureCollection");
            WriteContext(json, search.Query.Limit, page);
            WriteCounts(json, page.Matched, page.Items.Count);
            json.WritePropertyName("features");
            stac.Array(page.Items, stac.Item);
            json.WriteStartArray("links");
            writeLinks(stac);
            stac.Link("self", JsonResponse.GeoJson, urls.ThisPage(self));
            WriteLinkTo(stac, "previous", page.PreviousToken, linkTo);
            WriteLinkTo(stac, "next", page.NextToken, linkTo);
            json.WriteEndArray();
            json.WriteEndObject();
        },
        JsonResponse.GeoJson);

    // As the service of 2022 did.
    private static void WriteContext(Utf8JsonWriter json, int limit, HubItemPage page)
    {
        json.WriteStartObject("context");
        json.WriteNumber("limit", limit);
        if (page.Matched is { } matched)
        {
            json.WriteNumber("matched", matched);
        }

        json.WriteNumber("returned", page.Items.Count);
        json.WriteEndObject();
    }

    private static void WriteCounts(Utf8JsonWriter json, int? matched, int returned)
    {
        if (matched is { } count)
        {
            json.WriteNumber("numberMatched", count);
        }

        json.WriteNumber("numberReturned", returned);
    }

    private static void WriteLinkTo(StacWriter stac, string relation, string? token, PageLink linkTo)
    {
        if (token is not null)
        {
            var (href, method, body) = linkTo(token);
            stac.Link(relation, JsonResponse.GeoJson, href, method, body: body);
        }
    }

    private static void WriteBody(Utf8JsonWriter json, JsonElement body, string token)
    {
        json.WriteStartObject();
        foreach (var member in body.EnumerateObject().Where(member => !member.NameEquals("token")))
        {
            member.WriteTo(json);
        }

        json.WriteString("token", token);
        json.WriteEndObject();
    }

    private void WriteCollections(Utf8JsonWriter json, SearchRequest search, IReadOnlyList<JsonElement> collections, int matched, string? nextToken)
    {
        using var stac = new StacWriter(json, urls, search.Fields);
        json.WriteStartObject();
        json.WritePropertyName("collections");
        stac.Array(collections, stac.Collection);
        WriteCounts(json, matched, collections.Count);
        json.WriteStartArray("links");
        stac.Link("root", JsonResponse.Json, urls.Root);
        stac.Link("parent", JsonResponse.Json, urls.Root);
        stac.Link("self", JsonResponse.Json, urls.ThisPage(urls.Collections));
        if (nextToken is not null)
        {
            stac.Link("next", JsonResponse.Json, urls.Page(urls.Collections, nextToken), "GET");
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private PageLink ByGet(string list) => token => (urls.Page(list, token), "GET", null);

    private static ErrorResponse UnknownToken(SearchRequest search) => new(StatusCodes.Status400BadRequest, $"token: {new UnknownTokenException(search.Token ?? "").Message}");
}
