using System.Net;
using Microsoft.AspNetCore.Http;

namespace MlHub.Server;

/// <summary>The absolute URLs of a server for its client. They begin with the public URL of the options or, if there is none, with the host of the request.</summary>
internal sealed class HubUrls(HttpRequest request, Uri? publicUrl)
{
    /// <summary>The path of the API, as in <c>servers</c> of the description.</summary>
    public const string RootPath = "/mlhub/v1/";

    /// <summary>The path of the files. It is outside <see cref="RootPath"/>, so that no client sends its key there (docs/adr/0032).</summary>
    public const string StoragePath = "/storage/mlhub/";

    /// <summary>The relation of links to the properties that filters can use (OGC API - Features, Part 3).</summary>
    public const string QueryablesRelation = "http://www.opengis.net/def/rel/ogc/1.0/queryables";

    // They are not part of links between pages. The token of a page was also called "next" in 2021.
    private static readonly HashSet<string> NotInPages = new(["key", "token", "next"], StringComparer.OrdinalIgnoreCase);

    private readonly string _host = publicUrl?.AbsoluteUri.TrimEnd('/') ?? $"{request.Scheme}://{HostOf(request)}";

    public string Root => _host + RootPath;

    public string Storage => _host + StoragePath;

    public string Collections => Root + "collections";

    public string Search => Root + "search";

    public string Conformance => Root + "conformance";

    public string Queryables => Root + "queryables";

    public string Description => Root + "api";

    public string Documentation => Root + "api.html";

    public string CollectionQueryables(string collectionId) => Collection(collectionId) + "/queryables";

    /// <summary>The URL of the page that was requested, without the key.</summary>
    public string ThisPage(string listUrl) => string.Join('?', [listUrl, .. Parameters(name => !name.Equals("key", StringComparison.OrdinalIgnoreCase)) is { Length: > 0 } query ? [query] : Array.Empty<string>()]);

    /// <summary>The URL of another page of the same list: with the parameters of the request, but never with a key.</summary>
    public string Page(string listUrl, string token) => $"{listUrl}?{string.Join('&', ((string[])[Parameters(name => !NotInPages.Contains(name)), "token=" + Uri.EscapeDataString(token)]).Where(part => part.Length > 0))}";

    public string Archive(string id) => $"{Storage}archives/{Segment(id)}.tar.gz";

    public string Catalog(string datasetId) => $"{Storage}catalogs/{Segment(datasetId)}.tar.gz";

    public string Collection(string id) => $"{Collections}/{Segment(id)}";

    public string Items(string collectionId) => Collection(collectionId) + "/items";

    public string Item(string collectionId, string itemId) => $"{Items(collectionId)}/{Segment(itemId)}";

    /// <summary>The URL of an asset. A relative href is resolved against the storage.</summary>
    public string Asset(string href) => IsAbsolute(href) ? href : Storage + href;

    /// <summary>The URL of a link of an entity. A relative href is resolved against the root of the API.</summary>
    public string Link(string href) => IsAbsolute(href) ? href : Root + href;

    private string Parameters(Func<string, bool> isKept) => string.Join(
        '&',
        from parameter in request.Query
        where isKept(parameter.Key)
        from value in parameter.Value
        select $"{Uri.EscapeDataString(parameter.Key)}={Uri.EscapeDataString(value ?? "")}");

    // HTTP/1.0 requires no Host header (RFC 9112 §3.2). Without one, the address of the connection is used.
    private static string HostOf(HttpRequest request) =>
        request.Host.HasValue ? request.Host.ToUriComponent()
        : request.HttpContext.Connection is { LocalIpAddress: { } address, LocalPort: var port } ? new IPEndPoint(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address, port).ToString()
        : "127.0.0.1";

    // "." and ".." would be resolved as parts of a relative path (RFC 3986 §5.2.4).
    public static string Segment(string id) => id is "." or ".." ? id.Replace(".", "%2E", StringComparison.Ordinal) : Uri.EscapeDataString(id);

    // A relative path has no colon in its first segment (RFC 3986 §4.2).
    public static bool IsAbsolute(string href)
    {
        var end = href.AsSpan().IndexOfAny(':', '/');
        return end > 0 && href[end] == ':';
    }
}
