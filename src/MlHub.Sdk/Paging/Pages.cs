using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Unicode;
using Microsoft.Extensions.Logging;
using Microsoft.Kiota.Abstractions;

namespace MlHub.Sdk;

/// <summary>Reads lists page by page, from the 2021 and the 2022 version of the API.</summary>
internal sealed partial class Pages(ApiConnection connection, ApiKeyGuard guard, ILogger logger)
{
    /// <summary>
    /// The entities of a list, one by one while their page arrives. Each owns its memory. An entity without an id is skipped, and a warning with its position
    /// is logged. The list ends if there is no next link, or if an empty page links to a page that was visited before.
    /// </summary>
    /// <param name="first">The request for the first page.</param>
    /// <param name="list">The name of the array that a page must contain. Null if the response itself is an array.</param>
    /// <param name="cancellationToken">Cancels the enumeration.</param>
    /// <exception cref="MlHubException">
    /// A page could not be read, or its next link cannot be followed, repeats, or points to a host other than that of the root URL.
    /// </exception>
    public IAsyncEnumerable<JsonElement> EntitiesAsync(RequestInformation first, string? list, CancellationToken cancellationToken) =>
        EntitiesAsync(WalkFrom(first), token => connection.SendAsync(first, token), list, cancellationToken);

    /// <inheritdoc cref="EntitiesAsync(RequestInformation, string, CancellationToken)"/>
    /// <param name="first">The request for the first page.</param>
    /// <param name="template">The template of its address, for telemetry.</param>
    /// <param name="list">The name of the array that a page must contain.</param>
    /// <param name="cancellationToken">Cancels the enumeration.</param>
    public IAsyncEnumerable<JsonElement> EntitiesAsync(PageRequest first, string? template, string list, CancellationToken cancellationToken) =>
        EntitiesAsync(WalkFrom(first), token => SendAsync(first, token, template), list, cancellationToken);

    private async IAsyncEnumerable<JsonElement> EntitiesAsync(
        PageWalk walk, Func<CancellationToken, Task<HttpResponseMessage>> sendFirst, string? list, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var isUtf8 = true;
        var response = await sendFirst(cancellationToken).ConfigureAwait(false);
        while (true)
        {
            PageRequest? next;
            using (response)
            {
                using var body = new ApiBody(response, guard);
                var page = new PageBody(body, list);
                while (await page.NextAsync(cancellationToken).ConfigureAwait(false) is { } entity)
                {
                    if (EntityId.Of(entity) is null)
                    {
                        EntityWithoutId(logger, page.PlaceOf(page.Count - 1), RedactedUrl.OfCall(AddressOf(response)));
                        continue;
                    }

                    if (isUtf8 && !Utf8.IsValid(JsonMarshal.GetRawUtf8Value(entity)))
                    {
                        isUtf8 = false;
                        JsonNotUtf8(logger, page.PlaceOf(page.Count - 1), RedactedUrl.OfCall(AddressOf(response)));
                    }

                    yield return entity;
                }

                next = walk.After(AddressOf(response), page.Next, isEmpty: page.Count == 0);
            }

            if (next is null)
            {
                yield break;
            }

            response = await SendNextAsync(next, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The pages of a list, each complete, with JSON of any type.</summary>
    /// <param name="first">The request for the first page.</param>
    /// <param name="cancellationToken">Cancels the enumeration.</param>
    /// <exception cref="MlHubException">
    /// A page could not be read, or its next link cannot be followed, repeats, or points to a host other than that of the root URL.
    /// </exception>
    public async IAsyncEnumerable<JsonElement> WholeAsync(RequestInformation first, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var walk = WalkFrom(first);
        var response = await connection.SendAsync(first, cancellationToken).ConfigureAwait(false);
        while (true)
        {
            Uri address;
            JsonElement page;
            using (response)
            {
                address = AddressOf(response);
                page = await ApiBody.ReadJsonAsync(response, guard, cancellationToken).ConfigureAwait(false);
            }

            yield return page;
            if (walk.After(address, NextLinks.In(page), IsEmpty(page)) is not { } next)
            {
                yield break;
            }

            response = await SendNextAsync(next, cancellationToken).ConfigureAwait(false);
        }
    }

    private static Uri AddressOf(HttpResponseMessage response) => response.RequestMessage!.RequestUri!;

    private static bool IsEmpty(JsonElement page) =>
        (page.Field("features") ?? page.Field("collections")) is { ValueKind: JsonValueKind.Array } list && list.GetArrayLength() == 0;

    private PageWalk WalkFrom(RequestInformation first) => WalkFrom(new PageRequest(connection.Address(first)));

    private PageWalk WalkFrom(PageRequest first) => new(new NextLinks(connection.RootUrl, guard), first);

    // The list exists, so a next page that does not is a fault of the server's link. Behind a proxy, many servers write links without the prefix of their address.
    private async Task<HttpResponseMessage> SendNextAsync(PageRequest page, CancellationToken cancellationToken)
    {
        try
        {
            return await SendAsync(page, cancellationToken).ConfigureAwait(false);
        }
        catch (EntityDoesNotExistException e)
        {
            throw new MlHubException($"The server links to a next page that does not exist (404): {e.RequestUrl}. The list cannot be read to its end.", e)
            {
                StatusCode = e.StatusCode,
                RequestUrl = e.RequestUrl,
                ServerMessage = e.ServerMessage,
            };
        }
    }

    private async Task<HttpResponseMessage> SendAsync(PageRequest page, CancellationToken cancellationToken, string? template = null)
    {
        using var message = page.ToMessage();
        return await connection.SendAsync(message, cancellationToken, template).ConfigureAwait(false);
    }

    [LoggerMessage(102, LogLevel.Warning, "An entity without an id was skipped: {Place} of {Url}.")]
    private static partial void EntityWithoutId(ILogger logger, string place, Uri? url);

    [LoggerMessage(103, LogLevel.Warning, "The server's JSON is not UTF-8 everywhere, first at {Place} of {Url}. Such bytes are shown as U+FFFD.")]
    private static partial void JsonNotUtf8(ILogger logger, string place, Uri? url);
}
