using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace MlHub.Server;

/// <summary>The conditions of a search for items or collections, from the parameters of a GET or the body of a POST.</summary>
internal sealed class SearchRequest
{
    private const int DefaultLimit = 10;
    public const int MaxLimit = 10_000;
    private const string Crs84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84";

    public IReadOnlyList<string> Collections { get; private init; } = [];

    public IReadOnlyList<string> Ids { get; private init; } = [];

    public IReadOnlyList<string> Extensions { get; private init; } = [];

    public HubBbox? Bbox { get; private init; }

    public Moments? Time { get; private init; }

    /// <summary>All other conditions.</summary>
    public Cql? Filter { get; private init; }

    public IReadOnlyList<HubSortField> SortBy { get; private init; } = [];

    public FieldSelection? Fields { get; private init; }

    public int? Limit { get; private init; }

    public string? Token { get; private init; }

    /// <summary>The query of a hub.</summary>
    public HubItemQuery Query => Candidates.Narrow(
        new HubItemQuery
        {
            Limit = Math.Min(Limit ?? DefaultLimit, MaxLimit),
            Token = Token,
            Collections = Collections,
            Ids = Ids,
            Extensions = Extensions,
            Bbox = Bbox,

            // A time from the first moment of .NET on is a condition too: items without a time do not meet it.
            From = Time is { } from && (from.Start > DateTimeOffset.MinValue || from.End == DateTimeOffset.MaxValue) ? from.Start : null,
            To = Time is { } to && to.End < DateTimeOffset.MaxValue ? to.End : null,
            Filter = Filter is null ? null : new HubItemFilter(Filter),
            SortBy = SortBy,
        },
        Filter);

    /// <summary>Reads the parameters of a GET.</summary>
    /// <exception cref="BadHttpRequestException">A parameter is not valid.</exception>
    public static SearchRequest FromParameters(SearchParameters parameters) => Checked(() => new SearchRequest
    {
        Collections = [.. parameters.Collections.Distinct()],
        Ids = [.. parameters.Ids.Distinct()],
        Extensions = parameters.Extensions,
        Bbox = parameters.Bbox.Count == 0 ? null : CqlJson.BoxOf("bbox", parameters.Bbox),
        Time = parameters.Datetime is { } time ? Moments.ReadInterval(time) : null,
        Filter = Cql.All(
            Area(parameters.Bbox.Count > 0, parameters.Intersects is { } shape ? Json("intersects", shape) : null),
            Words(parameters.Q),
            parameters.Query is { } query ? QueryExtension.Read(Json("query", query)) : null,
            Expression(parameters.Filter, parameters.FilterLang ?? "cql2-text", parameters.FilterCrs)),
        SortBy = [.. parameters.SortBy.Select(SortField)],
        Fields = FieldSelection.Of(parameters.Fields),
        Limit = parameters.Limit,
        Token = parameters.Token,
    });

    /// <summary>Reads the body of a POST.</summary>
    /// <exception cref="BadHttpRequestException">A member is not valid.</exception>
    public static SearchRequest FromBody(JsonElement body) => Checked(() => new SearchRequest
    {
        Collections = [.. Texts(body, "collections").Distinct()],
        Ids = [.. Texts(body, "ids").Distinct()],
        Bbox = Member(body, "bbox") is { } bbox ? CqlJson.BoxOf("bbox", CqlJson.Numbers("bbox", bbox)) : null,
        Time = Text(body, "datetime") is { } time ? Moments.ReadInterval(time) : null,
        Filter = Cql.All(
            Area(Member(body, "bbox") is not null, Member(body, "intersects")),
            Words(Texts(body, "q", comma: true)),
            Member(body, "query") is { } query ? QueryExtension.Read(query) : null,
            Member(body, "filter") is { } filter
                ? filter.ValueKind == JsonValueKind.String
                    ? Expression(filter.GetString(), Text(body, "filter-lang") ?? "cql2-text", Text(body, "filter-crs"))
                    : Expression(filter, Text(body, "filter-lang") ?? "cql2-json", Text(body, "filter-crs"))
                : null),
        SortBy = Member(body, "sortby") is { } sort ? SortFields(sort) : [],
        Fields = body.TryGetProperty("fields", out var fields) ? FieldsOf(fields) : null,
        Limit = LimitOf(body),
        Token = Text(body, "token"),
    });

    private static SearchRequest Checked(Func<SearchRequest> read)
    {
        try
        {
            return read();
        }
        catch (InvalidFilterException invalid)
        {
            throw new BadHttpRequestException(invalid.Message, invalid);
        }
    }

    private static Cql? Area(bool hasBbox, JsonElement? shape) =>
        shape is null ? null
        : hasBbox ? throw new InvalidFilterException("A search cannot have both bbox and intersects.")
        : GeoJsonReader.Read(shape) is { } area ? Cql.Operation.Create("s_intersects", [new Cql.Property("geometry"), new Cql.Constant(area)])
        : throw new InvalidFilterException("intersects must be a valid GeoJSON geometry.");

    private static FreeText? Words(IReadOnlyList<string> phrases)
    {
        string[] words = [.. phrases.Select(phrase => phrase.Trim()).Where(phrase => phrase.Length > 0)];
        return words.Length == 0 ? null : new FreeText(words);
    }

    private static Cql? Expression(string? text, string language, string? crs) => text is null ? null : language switch
    {
        "cql2-text" => CqlText.Read(WithCrs(crs, text)),
        "cql2-json" => CqlJson.Read(Json("filter", WithCrs(crs, text))),
        _ => throw UnknownLanguage(language),
    };

    private static Cql Expression(JsonElement json, string language, string? crs) => language == "cql2-json" ? CqlJson.Read(WithCrs(crs, json)) : throw UnknownLanguage(language);

    private static T WithCrs<T>(string? crs, T filter) =>
        crs is null or Crs84 ? filter : throw new InvalidFilterException($"filter-crs must be {Crs84}.");

    private static InvalidFilterException UnknownLanguage(string language) => new($"filter-lang must be cql2-text for text and cql2-json for JSON, not '{language}'.");

    private static HubSortField SortField(string text) => text[0] switch
    {
        '-' => new HubSortField(text[1..], Descending: true),

        // A plus in a URL is a space.
        '+' or ' ' => new HubSortField(text[1..]),
        _ => new HubSortField(text),
    };

    private static HubSortField[] SortFields(JsonElement json) => json.ValueKind == JsonValueKind.Array
        ? [.. json.EnumerateArray().Select(field =>
            field.ValueKind == JsonValueKind.String && field.GetString() is { Length: > 0 } text ? SortField(text)
            : field.ValueKind == JsonValueKind.Object && Text(field, "field") is { Length: > 0 } name ? new HubSortField(name, IsDescending(Text(field, "direction")))
            : throw new InvalidFilterException("sortby must be an array of objects with a field and a direction."))]
        : throw new InvalidFilterException("sortby must be an array of objects with a field and a direction.");

    private static bool IsDescending(string? direction) => direction?.ToUpperInvariant() switch
    {
        null or "ASC" => false,
        "DESC" => true,
        _ => throw new InvalidFilterException("The direction of sortby must be asc or desc."),
    };

    private static FieldSelection FieldsOf(JsonElement json)
    {
        if (json.ValueKind == JsonValueKind.Array)
        {
            return FieldSelection.Of(Strings("fields", json)) ?? FieldSelection.Of(null, null, isUsual: true);
        }

        if (json.ValueKind != JsonValueKind.Object)
        {
            throw new InvalidFilterException("fields must be an object with include or exclude.");
        }

        var (include, exclude) = (Texts(json, "include"), Texts(json, "exclude"));
        return FieldSelection.Of(include, exclude, isUsual: json.TryGetProperty("include", out _) || exclude.Count == 0);
    }

    private static int? LimitOf(JsonElement body) => Member(body, "limit") switch
    {
        null => null,
        { ValueKind: JsonValueKind.Number } number when number.TryGetInt32(out var limit) && limit > 0 => limit,
        _ => throw new InvalidFilterException("limit must be an integer of at least 1."),
    };

    private static JsonElement? Member(JsonElement json, string name) => json.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private static string? Text(JsonElement json, string name) => Member(json, name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } text => text.GetString(),
        _ => throw new InvalidFilterException($"{name} must be text."),
    };

    // One text counts as a list of one.
    private static IReadOnlyList<string> Texts(JsonElement json, string name, bool comma = false) => Member(json, name) switch
    {
        null => [],
        { ValueKind: JsonValueKind.String } text => comma ? text.GetString()!.Split(',') : [text.GetString()!],
        var list => Strings(name, list.Value),
    };

    private static IReadOnlyList<string> Strings(string name, JsonElement list) =>
        list.ValueKind == JsonValueKind.Array && list.EnumerateArray().All(text => text.ValueKind == JsonValueKind.String)
            ? [.. list.EnumerateArray().Select(text => text.GetString()!).Where(text => text.Length > 0)]
            : throw new InvalidFilterException($"{name} must be an array of texts.");

    private static JsonElement Json(string name, string text)
    {
        try
        {
            var json = JsonElement.Parse(text);
            ApiRequest.RequireUnicode(json);
            return json;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new InvalidFilterException($"{name} must be JSON.");
        }
    }
}
