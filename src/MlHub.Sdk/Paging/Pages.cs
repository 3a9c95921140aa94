using System.IO.Hashing;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Json;
using Microsoft.Kiota.Abstractions;

namespace MlHub.Sdk;

/// <summary>Follows <c>next</c> links, of both generations of the API.</summary>
internal sealed class Pages(ApiConnection connection, ApiKeyGuard guard)
{
    /// <summary>
    /// The pages, each valid only until the next is asked for: what is kept of one must be cloned. Ends where there is no next link, and
    /// at a page without elements (generation A gives its last full page a next link to an empty one).
    /// </summary>
    /// <param name="first">The request for the first page.</param>
    /// <param name="elements">The name of the array that a page must have; null where pages may be of any kind.</param>
    /// <param name="cancellationToken">Ends the walk.</param>
    /// <exception cref="MlHubException">A page could not be read, or its next link repeats or leaves the root URL's host.</exception>
    public async IAsyncEnumerable<JsonElement> WalkAsync(
        RequestInformation first, string? elements, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // Sixteen bytes a page, and not the link: a collection of 590,326 items has 59,033 pages.
        var visited = new HashSet<UInt128> { Fingerprint(connection.Address(first)) };
        for (var request = first; ;)
        {
            using var response = await connection.SendAsync(request, cancellationToken).ConfigureAwait(false);
            using var page = await ApiBody.ParseAsync(response, guard, cancellationToken).ConfigureAwait(false);
            var isLast = IsEmpty(page.RootElement, elements);
            yield return page.RootElement;

            if (isLast || NextLink(page.RootElement) is not { } href)
            {
                yield break;
            }

            var next = Follow(response.RequestMessage!.RequestUri!, href);
            if (!visited.Add(Fingerprint(next)))
            {
                throw Refused("it has been visited before, so that the list would never end", next);
            }

            request = connection.For(next);
        }
    }

    private static bool IsEmpty(JsonElement page, string? elements)
    {
        if (page.ValueKind == JsonValueKind.Object)
        {
            foreach (var name in elements is null ? ["features", "collections"] : new[] { elements })
            {
                if (page.TryGetProperty(name, out var array) && array.ValueKind == JsonValueKind.Array)
                {
                    return array.GetArrayLength() == 0;
                }
            }
        }

        return elements is null ? false : throw ApiBody.WrongShape($"a page with an array '{elements}'");
    }

    private static string? NextLink(JsonElement page)
    {
        if (page.ValueKind != JsonValueKind.Object || !page.TryGetProperty("links", out var links) || links.ValueKind != JsonValueKind.Array)
        {
            return null;
        }

        foreach (var link in links.EnumerateArray())
        {
            if (ApiBody.Text(link, "rel") == "next")
            {
                return ApiBody.Text(link, "href");
            }
        }

        return null;
    }

    private Uri Follow(Uri page, string href)
    {
        if (!Uri.TryCreate(page, href, out var next) || next.Scheme is not ("http" or "https"))
        {
            throw new MlHubException("The next link of a page is not an http address.") { RequestUrl = RedactedUrl.OfCall(page) };
        }

        next = Secured(next);
        if (next.Authority != connection.RootUrl.Authority || next.Scheme != connection.RootUrl.Scheme)
        {
            throw Refused($"it leaves {connection.RootUrl.Authority}, the host of the root URL", next);
        }

        return guard.WithoutKey(next);
    }

    /// <summary>Generation B gave <c>http://</c> next links for a while; under an https root they are meant as https.</summary>
    private Uri Secured(Uri next)
    {
        var root = connection.RootUrl;
        if (next.Scheme != Uri.UriSchemeHttp || root.Scheme != Uri.UriSchemeHttps || next.IdnHost != root.IdnHost)
        {
            return next;
        }

        return new UriBuilder(next) { Scheme = Uri.UriSchemeHttps, Port = next.IsDefaultPort ? root.Port : next.Port }.Uri;
    }

    private MlHubException Refused(string why, Uri next)
    {
        var url = RedactedUrl.OfCall(next);
        return guard.Scrub(new MlHubException($"The link to the next page, {url}, was not followed: {why}.") { RequestUrl = url });
    }

    private static UInt128 Fingerprint(Uri url) => XxHash128.HashToUInt128(MemoryMarshal.AsBytes(url.AbsoluteUri.AsSpan()));
}
