using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MlHub.Sdk;

/// <summary>
/// Reads <c>next</c> links as OGC API Features and the STAC API (1.0.0, Item Search, "Pagination") write them: <c>href</c>, <c>method</c>, <c>headers</c>, <c>body</c> and
/// <c>merge</c>. A link that cannot be followed is an error, and not the end of the list.
/// </summary>
internal sealed class NextLinks(Uri root, ApiKeyGuard guard)
{
    /// <summary>Headers that belong to the connection or to the message, and that this library sets itself.</summary>
    private static readonly string[] OwnHeaders =
        ["Host", "Connection", "Keep-Alive", "Transfer-Encoding", "TE", "Trailer", "Upgrade", "Expect", "Range", "User-Agent", "Accept-Encoding", "Cookie"];

    private static readonly string[] OwnPrefixes = ["Content-", "Proxy-", "If-"];

    /// <summary>The <c>next</c> link of a page, given all that stands in it; null if it has none.</summary>
    public static JsonElement? In(JsonElement page) => page.ValueKind != JsonValueKind.Object ? null
        : page.EnumerateObject().Where(field => JsonFields.NameOf(field) == "links").Select(field => Among(field.Value)).FirstOrDefault(link => link is not null)
        ?? Beside(page.Field("next"));

    /// <summary>The <c>next</c> link among <c>links</c>: the first that has an address, or else the first, which cannot be followed.</summary>
    /// <param name="links">A list, or links by what they are, as before STAC 0.6. PHP makes an object of a list that has lost an element.</param>
    public static JsonElement? Among(JsonElement links)
    {
        List<JsonElement> next = links.ValueKind switch
        {
            JsonValueKind.Array => [.. links.EnumerateArray().Where(HasNext)],
            JsonValueKind.Object when links.Field("href") is not null => HasNext(links) ? [links] : [],
            JsonValueKind.Object => [.. links.EnumerateObject().Where(IsNext).Select(link => link.Value)],
            _ => [],
        };
        return next.Count == 0 ? null : next.Find(link => HrefOf(link) is not null) is { ValueKind: not JsonValueKind.Undefined } link ? link : next[0];
    }

    /// <summary>A <c>next</c> that stands beside the list and not among links, as in Django: an address, or an object with one. Empty, it says that there is none.</summary>
    public static JsonElement? Beside(JsonElement? next) => next switch
    {
        { ValueKind: JsonValueKind.Object } link => link.Field("href") is null ? null : next,
        { } value => SaysNone(value) ? null : next,
        null => null,
    };

    public MlHubException Refused(Uri next, string why)
    {
        var url = RedactedUrl.OfCall(next);
        return guard.Scrub(new MlHubException($"The link to the next page, {url}, was not followed: {why}.") { RequestUrl = url });
    }

    /// <summary>The request for a link.</summary>
    /// <param name="link">The link.</param>
    /// <param name="page">The address of the page with the link.</param>
    /// <param name="current">The request for that page.</param>
    /// <exception cref="MlHubException">The request cannot or must not be sent.</exception>
    public PageRequest Follow(JsonElement link, Uri page, PageRequest current)
    {
        var url = Target(link, page);
        var isUnderRoot = guard.IsUnderRoot(url);
        var merges = link.Field("merge") is { } merge && (merge.ValueKind == JsonValueKind.True || "true".Equals(JsonFields.AsText(merge), StringComparison.OrdinalIgnoreCase));
        var headers = isUnderRoot ? Headers(link.Object("headers"), merges ? current.Headers : null, url) : new Dictionary<string, string>();
        switch (link.Field("method") is { } method ? JsonFields.AsText(method)?.Trim().ToUpperInvariant() ?? "" : null)
        {
            case null or "GET":
                return new PageRequest(url) { Headers = headers };
            case "POST" when isUnderRoot:
                return new PageRequest(url) { Method = HttpMethod.Post, Headers = headers, Body = Body(link.Field("body"), merges ? current : null, url) };
            case "POST":
                throw Refused(url, "it requires a POST, which is sent only to addresses under the root URL");
            default:
                throw Refused(url, "it requires a method other than GET and POST");
        }
    }

    /// <summary>A relation is a word or several words, in any case (RFC 8288 §3.3).</summary>
    private static bool HasNext(JsonElement link) => link.Field("rel") switch
    {
        { ValueKind: JsonValueKind.Array } rels => rels.EnumerateArray().Any(IsNext),
        { } rel => IsNext(rel),
        null => false,
    };

    /// <summary>Whether a link that has a name is the next one, by its name or by what it is.</summary>
    private static bool IsNext(JsonProperty link) =>
        link.Value.Field("rel") is null ? JsonFields.NameOf(link).Equals("next", StringComparison.OrdinalIgnoreCase) && !SaysNone(link.Value) : HasNext(link.Value);

    private static bool SaysNone(JsonElement link) => link.ValueKind is JsonValueKind.Null or JsonValueKind.False || (link.ValueKind == JsonValueKind.String && link.ValueEquals(""));

    private static bool IsNext(JsonElement rel) => JsonFields.AsText(rel)?.Split(default(char[])).Contains("next", StringComparer.OrdinalIgnoreCase) == true;

    /// <summary>The address of a link, which may be all of the link. A word without any mark is a token, for which only the server's manual says where it goes.</summary>
    private static string? HrefOf(JsonElement link) =>
        link.ValueKind != JsonValueKind.String ? link.Text("href") : JsonFields.AsText(link) is { } text && text.AsSpan().ContainsAny("/?.") ? text : null;

    private Uri Target(JsonElement link, Uri page)
    {
        // A server never sees the fragment: with another one the page is the same.
        if (HrefOf(link)?.Split('#')[0] is not { } href || !Uri.TryCreate(page, href, out var next) || next.Scheme is not ("http" or "https"))
        {
            var from = RedactedUrl.OfCall(page);
            throw new MlHubException($"The next link of the page {from} has no http address: the list cannot be read to its end.") { RequestUrl = from };
        }

        next = Secured(next);
        return next.Authority == root.Authority && next.Scheme == root.Scheme
            ? guard.WithoutKey(next)
            : throw Refused(next, $"it points to a host other than {root.Authority}, the host of the root URL");
    }

    /// <summary>The 2022 version of the API sent <c>http://</c> next links for a while. Under an https root URL they are requested over https.</summary>
    private Uri Secured(Uri next) =>
        next.Scheme == Uri.UriSchemeHttp && root.Scheme == Uri.UriSchemeHttps && next.IdnHost == root.IdnHost
            ? new UriBuilder(next) { Scheme = Uri.UriSchemeHttps, Port = next.IsDefaultPort ? root.Port : next.Port }.Uri
            : next;

    private Dictionary<string, string> Headers(JsonElement? headers, IReadOnlyDictionary<string, string>? before, Uri url)
    {
        var sent = new Dictionary<string, string>(before ?? new Dictionary<string, string>(), StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in headers?.Others() ?? [])
        {
            if (OwnHeaders.Contains(name, StringComparer.OrdinalIgnoreCase) || OwnPrefixes.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)))
            {
                continue;
            }

            var text = value.ValueKind == JsonValueKind.Array ? string.Join(", ", value.EnumerateArray().Select(HeaderText)) : HeaderText(value);
            sent[name] = IsHeader(name, text) && !guard.Holds(text) ? text : throw Refused(url, "it requires a header that cannot be sent");
        }

        return sent;
    }

    private static string HeaderText(JsonElement value) => JsonFields.AsText(value) ?? value.ToText();

    /// <summary>RFC 9110 §5.6.2, and §5.5 in ASCII.</summary>
    private static bool IsHeader(string name, string text) =>
        name.Length > 0
        && name.All(character => char.IsAsciiLetterOrDigit(character) || "!#$%&'*+-.^_`|~".Contains(character, StringComparison.Ordinal))
        && text.All(character => character is >= ' ' and <= '~');

    /// <summary>The body of a link. With <c>merge</c>, it includes the previous parameters.</summary>
    private string? Body(JsonElement? body, PageRequest? before, Uri url)
    {
        var text = before is not null && body is not { ValueKind: not JsonValueKind.Object } ? Merged(before, body) : body?.ToText();
        return text is null || guard.Admits(url) || !guard.Holds(text) ? text : throw Refused(url, "its body contains the API key");
    }

    private string Merged(PageRequest before, JsonElement? body)
    {
        var merged = before.Method == HttpMethod.Get ? AskedIn(guard.WithoutKey(before.Url)) : [];
        var fields = (before.Body is { } text ? JsonElement.Parse(text) : default) is { ValueKind: JsonValueKind.Object } asked ? asked.Others() : [];
        foreach (var (name, value) in fields.Concat(body?.Others() ?? []))
        {
            merged[name] = JsonNode.Parse(value.ToText());
        }

        return merged.ToJsonString();
    }

    /// <summary>Converts the parameters of a GET to a body: a repeated name is a list, and digits are a number.</summary>
    private static JsonObject AskedIn(Uri url)
    {
        var body = new JsonObject();
        var parameters = url.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries).Select(parameter => parameter.Split('=', 2));
        foreach (var parameter in parameters.GroupBy(parts => Decode(parts[0]), parts => Value(Decode(parts[^1]))))
        {
            body[parameter.Key] = parameter.ToArray() is [var only] ? only : new JsonArray([.. parameter]);
        }

        return body;

        static string Decode(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));

        static JsonNode Value(string text) =>
            int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number.ToString(CultureInfo.InvariantCulture) == text
                ? JsonValue.Create(number)
                : JsonValue.Create(text);
    }
}
