using System.Net;
using System.Text;
using System.Text.Json;

namespace MlHub.Server;

/// <summary>Writes what a client of STAC API reads first: the landing page, the conformance classes, and the description of the API.</summary>
internal static class LandingPage
{
    public const string DescriptionType = "application/vnd.oai.openapi;version=3.0";
    public const string DocumentationType = "text/html; charset=utf-8";

    // In openapi/mlhub.yaml, the address of the original service.
    private const string OriginalServer = "https://api.radiant.earth/mlhub/v1";

    /// <summary>The conformance classes.</summary>
    private static readonly string[] Classes =
    [
        "https://api.stacspec.org/v1.0.0/core",
        "https://api.stacspec.org/v1.0.0/collections",
        "https://api.stacspec.org/v1.0.0/ogcapi-features",
        "https://api.stacspec.org/v1.0.0/ogcapi-features#fields",
        "https://api.stacspec.org/v1.0.0/ogcapi-features#sort",
        "https://api.stacspec.org/v1.0.0/ogcapi-features#query",
        "https://api.stacspec.org/v1.0.0-rc.2/ogcapi-features#filter",
        "https://api.stacspec.org/v1.0.0/item-search",
        "https://api.stacspec.org/v1.0.0/item-search#fields",
        "https://api.stacspec.org/v1.0.0/item-search#sort",
        "https://api.stacspec.org/v1.0.0/item-search#query",
        "https://api.stacspec.org/v1.0.0-rc.2/item-search#filter",
        "https://api.stacspec.org/v1.0.0-rc.1/item-search#free-text",
        "https://api.stacspec.org/v1.0.0-rc.1/ogcapi-features#free-text",
        "https://api.stacspec.org/v1.0.0-rc.1/collection-search",
        "https://api.stacspec.org/v1.0.0-rc.1/collection-search#fields",
        "https://api.stacspec.org/v1.0.0-rc.1/collection-search#filter",
        "https://api.stacspec.org/v1.0.0-rc.1/collection-search#free-text",
        "https://api.stacspec.org/v1.0.0-rc.1/collection-search#sort",
        "http://www.opengis.net/spec/ogcapi-common-2/1.0/conf/simple-query",
        "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
        "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
        "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/oas30",
        "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/features-filter",
        "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/filter",
        "http://www.opengis.net/spec/cql2/1.0/conf/cql2-text",
        "http://www.opengis.net/spec/cql2/1.0/conf/cql2-json",
        "http://www.opengis.net/spec/cql2/1.0/conf/basic-cql2",
        "http://www.opengis.net/spec/cql2/1.0/conf/advanced-comparison-operators",
        "http://www.opengis.net/spec/cql2/1.0/conf/case-insensitive-comparison",
        "http://www.opengis.net/spec/cql2/1.0/conf/basic-spatial-functions",
        "http://www.opengis.net/spec/cql2/1.0/conf/basic-spatial-operators",
        "http://www.opengis.net/spec/cql2/1.0/conf/spatial-functions",
        "http://www.opengis.net/spec/cql2/1.0/conf/temporal-functions",
        "http://www.opengis.net/spec/cql2/1.0/conf/temporal-operators",
        "http://www.opengis.net/spec/cql2/1.0/conf/array-functions",
        "http://www.opengis.net/spec/cql2/1.0/conf/property-property",
        "http://www.opengis.net/spec/cql2/1.0/conf/arithmetic",
    ];

    private static readonly Lazy<string> EmbeddedDescription = new(() =>
    {
        using var reader = new StreamReader(typeof(LandingPage).Assembly.GetManifestResourceStream("mlhub.yaml")!);
        return reader.ReadToEnd();
    });

    public static void Write(Utf8JsonWriter json, HubUrls urls, IReadOnlyList<JsonElement> collections)
    {
        json.WriteStartObject();
        json.WriteString("id", "mlhub");
        json.WriteString("type", "Catalog");
        json.WriteString("title", "MLHub");
        json.WriteString("description", "Training data for machine learning on Earth observation");
        json.WriteString("stac_version", "1.0.0");
        WriteClasses(json);
        json.WriteStartArray("links");
        StacWriter.Link(json, "self", JsonResponse.Json, urls.Root);
        StacWriter.Link(json, "root", JsonResponse.Json, urls.Root);
        StacWriter.Link(json, "conformance", JsonResponse.Json, urls.Conformance);
        StacWriter.Link(json, "data", JsonResponse.Json, urls.Collections);
        StacWriter.Link(json, "search", JsonResponse.GeoJson, urls.Search, method: "GET");
        StacWriter.Link(json, "search", JsonResponse.GeoJson, urls.Search, method: "POST");
        StacWriter.Link(json, HubUrls.QueryablesRelation, JsonResponse.JsonSchema, urls.Queryables);
        StacWriter.Link(json, "service-desc", DescriptionType, urls.Description);
        StacWriter.Link(json, "service-doc", "text/html", urls.Documentation);
        foreach (var collection in collections)
        {
            StacWriter.Link(json, "child", JsonResponse.Json, urls.Collection(collection.GetProperty("id").GetString()!), title: TitleOf(collection));
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    public static void WriteConformance(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        WriteClasses(json);
        json.WriteEndObject();
    }

    /// <summary>The description, with the address of this server.</summary>
    public static string Description(HubUrls urls) => EmbeddedDescription.Value.Replace($"  - url: {OriginalServer}\n", $"  - url: {urls.Root.TrimEnd('/')}\n", StringComparison.Ordinal);

    /// <summary>The operations as a page.</summary>
    public static string Documentation(HubUrls urls)
    {
        var rows = string.Concat(MlHubContract.Operations.Select(operation =>
            $"<tr><td>{operation.Method}</td><td><code>{WebUtility.HtmlEncode(operation.Path)}</code></td><td>{WebUtility.HtmlEncode(operation.Summary)}</td></tr>\n"));
        return new StringBuilder()
            .Append("<!DOCTYPE html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><title>MLHub API</title></head>\n<body>\n<h1>MLHub API</h1>\n")
            .Append("<p>The root is <a href=\"").Append(WebUtility.HtmlEncode(urls.Root)).Append("\">").Append(WebUtility.HtmlEncode(urls.Root)).Append("</a>. ")
            .Append("The <a href=\"").Append(WebUtility.HtmlEncode(urls.Description)).Append("\">description</a> has all parameters and responses.</p>\n")
            .Append("<table>\n").Append(rows).Append("</table>\n</body>\n</html>\n")
            .ToString();
    }

    private static string? TitleOf(JsonElement collection) => collection.TryGetProperty("title", out var title) && title.ValueKind == JsonValueKind.String ? title.GetString() : null;

    private static void WriteClasses(Utf8JsonWriter json)
    {
        json.WriteStartArray("conformsTo");
        foreach (var name in Classes)
        {
            json.WriteStringValue(name);
        }

        json.WriteEndArray();
    }
}
